package io.godwit.cli.simulate;

import io.godwit.cli.fleet.Identities;
import io.godwit.cli.fleet.Template;
import io.godwit.cli.options.InputFiles;
import io.godwit.cli.simulate.FleetPlan.Answer;
import io.godwit.cli.simulate.FleetPlan.Connection;
import io.godwit.cli.simulate.FleetPlan.Faults;
import io.godwit.cli.simulate.FleetPlan.Publication;
import io.godwit.cli.simulate.FleetPlan.RecordedDevice;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.nodemcu.lua.device.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads what a fleet does, from YAML or from a recording. Every mistake is an error that names its place in the file. */
final class FleetFile {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Path file;
    private final Path folder;

    private FleetFile(Path file) {
        this.file = file;
        Path parent = file.toAbsolutePath().getParent();
        this.folder = parent == null ? Path.of("") : parent;
    }

    /**
     * Reads a file: a recording if its name ends in {@code .jsonl}, else YAML.
     *
     * @throws IllegalArgumentException with file, place and what would be right
     */
    static FleetPlan read(Path file) throws IOException {
        FleetFile reader = new FleetFile(file);
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".jsonl") ? reader.recording() : reader.yaml();
    }

    private FleetPlan recording() throws IOException {
        Connection connection =
                new Connection(Template.of("${id}", Set.of()), null, null, null, null, null, true, null);
        return new FleetPlan(
                null,
                Duration.ZERO,
                null,
                folder,
                List.of(),
                connection,
                List.of(),
                List.of(),
                Faults.NONE,
                RecordedFleet.read(file, null));
    }

    private FleetPlan yaml() throws IOException {
        Object root;
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            root = new Load(settings).loadFromString(InputFiles.text(file));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(file + ": invalid YAML: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(file + ": the file is nested too deeply", e);
        }
        YamlMap map = YamlMap.of(root, file.toString(), "");
        map.allow("count", "ramp", "duration", "identities", "client-id", "username", "password", "certificate", "key");
        map.allow("keep-alive", "clean-session", "will", "publish", "commands", "faults", "recording", "device-level");
        map.check();
        String csv = map.text("identities");
        List<Map<String, String>> identities =
                csv == null ? List.of() : Identities.read(InputFiles.beside(folder, csv));
        Set<String> columns =
                identities.isEmpty() ? Set.of() : identities.get(0).keySet();
        List<Publication> publications = new ArrayList<>();
        for (YamlMap entry : map.maps("publish")) {
            entry.allow("topic", "payload", "qos", "retain", "every", "jitter");
            entry.check();
            publications.add(publication(entry, columns, true));
        }
        List<Answer> answers = new ArrayList<>();
        for (YamlMap entry : map.maps("commands")) {
            answers.add(answer(entry, columns));
        }
        String recording = map.text("recording");
        Integer level = map.integer("device-level", 1, 64);
        List<RecordedDevice> recorded =
                recording == null ? List.of() : RecordedFleet.read(InputFiles.beside(folder, recording), level);
        if (publications.isEmpty() && answers.isEmpty() && recorded.isEmpty()) {
            throw map.error("", "nothing to do: must have publish, commands or recording");
        }
        return new FleetPlan(
                map.integer("count", 1, 1_000_000),
                orZero(map.duration("ramp")),
                map.duration("duration"),
                folder,
                identities,
                connection(map, columns),
                List.copyOf(publications),
                List.copyOf(answers),
                faults(map.map("faults")),
                recorded);
    }

    private static Duration orZero(@Nullable Duration duration) {
        return duration == null ? Duration.ZERO : duration;
    }

    private static Connection connection(YamlMap map, Set<String> columns) {
        Template id = map.template("client-id", columns);
        Template certificate = map.template("certificate", columns);
        Template key = map.template("key", columns);
        if ((certificate == null) != (key == null)) {
            throw map.error("certificate", "certificate and key are both needed");
        }
        Template username = map.template("username", columns);
        Template password = map.template("password", columns);
        if (password != null && username == null) {
            throw map.error("password", "a password needs a username");
        }
        YamlMap will = map.map("will");
        if (will != null) {
            will.allow("topic", "payload", "qos", "retain");
            will.check();
        }
        return new Connection(
                id != null ? id.constant() : Template.of("${id}", columns),
                username,
                password,
                certificate,
                key,
                map.duration("keep-alive"),
                map.flag("clean-session", true),
                will == null ? null : publication(will, columns, false));
    }

    private static Publication publication(YamlMap map, Set<String> columns, boolean timed) {
        Template topic = map.template("topic", columns);
        if (topic == null) {
            throw map.error("topic", "missing");
        }
        Template payload = map.template("payload", columns);
        Integer qos = map.integer("qos", 0, 2);
        Duration every = map.duration("every");
        if (timed && (every == null || every.compareTo(SHORTEST) < 0)) {
            throw map.error(
                    "every", every == null ? "missing: must be a duration such as 10s" : "must be at least 1ms");
        }
        Duration jitter = orZero(map.duration("jitter"));
        if (every != null && jitter.compareTo(every) > 0) {
            throw map.error("jitter", "must not be longer than every");
        }
        return new Publication(
                topic,
                payload == null ? Template.of("", columns) : payload,
                Qos.of(qos == null ? 0 : qos),
                map.flag("retain", false),
                orZero(every),
                jitter);
    }

    private static Answer answer(YamlMap map, Set<String> columns) {
        map.allow("topic", "qos", "reply", "delay");
        map.check();
        Template filter = map.template("topic", columns);
        if (filter == null) {
            throw map.error("topic", "missing");
        }
        Integer qos = map.integer("qos", 0, 2);
        YamlMap reply = map.map("reply");
        if (reply != null) {
            reply.allow("topic", "payload", "qos", "retain");
            reply.check();
        }
        return new Answer(
                filter.constant(),
                Qos.of(qos == null ? 0 : qos),
                reply == null ? null : publication(reply, columns, false),
                orZero(map.duration("delay")));
    }

    private static Faults faults(@Nullable YamlMap map) {
        if (map == null) {
            return Faults.NONE;
        }
        map.allow("skip", "corrupt", "offline");
        map.check();
        YamlMap offline = map.map("offline");
        Duration every = null;
        Duration away = Duration.ZERO;
        if (offline != null) {
            offline.allow("every", "for");
            offline.check();
            every = offline.duration("every");
            away = orZero(offline.duration("for"));
            if (every == null || every.compareTo(SHORTEST) < 0) {
                throw offline.error("every", "must be a duration of at least 1ms");
            }
        }
        return new Faults(map.share("skip"), map.share("corrupt"), every, away);
    }

    /** One mapping of the file, with its place for messages. */
    private static final class YamlMap {
        private final Map<?, ?> values;
        private final String file;
        private final String place;
        private final Set<String> allowed = new LinkedHashSet<>();

        private YamlMap(Map<?, ?> values, String file, String place) {
            this.values = values;
            this.file = file;
            this.place = place;
        }

        static YamlMap of(@Nullable Object value, String file, String place) {
            if (value instanceof Map<?, ?> map) {
                return new YamlMap(map, file, place);
            }
            throw new IllegalArgumentException(file + ": "
                    + (place.isEmpty() ? "must be a mapping of names to values" : place + ": must be a mapping"));
        }

        void allow(String... names) {
            allowed.addAll(List.of(names));
        }

        void check() {
            for (Object key : values.keySet()) {
                if (!allowed.contains(String.valueOf(key))) {
                    throw error(String.valueOf(key), "unknown name: must be one of " + String.join(", ", allowed));
                }
            }
        }

        IllegalArgumentException error(String name, String problem) {
            String whole = place.isEmpty() || name.isEmpty() ? place + name : place + "." + name;
            return new IllegalArgumentException(file + ": " + (whole.isEmpty() ? "" : whole + ": ") + problem);
        }

        @Nullable
        String text(String name) {
            Object value = values.get(name);
            if (value instanceof Map || value instanceof List) {
                throw error(name, "must be a text");
            }
            return value == null ? null : value.toString();
        }

        @Nullable
        Template template(String name, Set<String> columns) {
            String text = text(name);
            try {
                return text == null ? null : Template.of(text, columns);
            } catch (IllegalArgumentException e) {
                throw error(name, String.valueOf(e.getMessage()));
            }
        }

        @Nullable
        Integer integer(String name, int low, int high) {
            Object value = values.get(name);
            if (value == null) {
                return null;
            }
            if (value instanceof Integer number && number >= low && number <= high) {
                return number;
            }
            throw error(name, "invalid number '" + value + "': must be " + low + " to " + high);
        }

        boolean flag(String name, boolean absent) {
            Object value = values.get(name);
            if (value == null || value instanceof Boolean) {
                return value == null ? absent : (Boolean) value;
            }
            throw error(name, "invalid '" + value + "': must be true or false");
        }

        @Nullable
        Duration duration(String name) {
            String text = text(name);
            try {
                return text == null ? null : Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw error(name, String.valueOf(e.getMessage()));
            }
        }

        /** A part of the whole: {@code 5%} or {@code 0.05}. */
        double share(String name) {
            String text = text(name);
            if (text == null) {
                return 0;
            }
            try {
                double share = text.endsWith("%")
                        ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                        : Double.parseDouble(text);
                if (share >= 0 && share <= 1) {
                    return share;
                }
            } catch (NumberFormatException e) {
                throw error(name, "invalid share '" + text + "': must be like 5%");
            }
            throw error(name, "invalid share '" + text + "': must be 0% to 100%");
        }

        @Nullable
        YamlMap map(String name) {
            Object value = values.get(name);
            return value == null ? null : of(value, file, place.isEmpty() ? name : place + "." + name);
        }

        List<YamlMap> maps(String name) {
            Object value = values.get(name);
            if (value == null) {
                return List.of();
            }
            if (!(value instanceof List<?> list)) {
                throw error(name, "must be a list");
            }
            List<YamlMap> maps = new ArrayList<>();
            for (Object entry : list) {
                maps.add(of(entry, file, name + "[" + maps.size() + "]"));
            }
            return maps;
        }
    }
}
