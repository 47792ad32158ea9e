package io.godwit.cli;

import io.godwit.cli.options.Candidates;
import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.HostOption;
import io.godwit.cli.options.LoginOptions;
import io.godwit.cli.options.MetricsOption;
import io.godwit.cli.options.OutputOptions;
import io.godwit.cli.options.PortOption;
import io.godwit.cli.options.SpeedOption;
import io.godwit.cli.options.VersionOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Printable;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.statistics.ClientGroup;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.lua.FleetFigures;
import io.godwit.nodemcu.lua.Host;
import io.godwit.nodemcu.lua.HostOptions;
import io.godwit.nodemcu.lua.ScriptCheck;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.Durations;
import io.godwit.nodemcu.lua.device.FlashImage;
import io.godwit.nodemcu.lua.device.OnError;
import io.godwit.nodemcu.lua.device.WarningPolicy;
import io.godwit.nodemcu.lua.device.WifiSettings;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a device's Lua scripts, unchanged, on this machine: one device or a fleet. */
@Command(
        name = "run",
        sortOptions = false,
        description = {
            "Run NodeMCU scripts unchanged: a script, or a folder that is the device's flash and starts with init.lua.",
            "What the script prints goes to standard output, everything else to standard error."
        },
        exitCodeList = "9:--check found what the scripts need and do not get",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit run my-device --broker                     with a broker beside it",
            "  godwit run init.lua --map m11.cloudmqtt.com=127.0.0.1:1883",
            "  godwit run my-device --virtual --for 1d           a day in seconds, the same each time",
            "  godwit run my-device --host test.example --count 1000 --stagger 10s",
            "  godwit run my-device --check                      what it needs and does not get"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SCRIPT|FOLDER", description = "What runs.")
    private Path script = Path.of("init.lua");

    @Mixin
    private VersionOption version = new VersionOption("The version of MQTT: 31 or 311. [311]");

    @Mixin
    private HostOption host = new HostOption("The broker for every connection, whatever host the script names.");

    @Mixin
    private PortOption port = new PortOption("Its port. [the script's]");

    @Mixin
    private LoginOptions login = new LoginOptions();

    @Option(
            names = "--map",
            paramLabel = "HOST=TARGET",
            description = "Lead a host name of the script elsewhere: m11.cloudmqtt.com=127.0.0.1:1883. Repeatable.")
    private Map<String, String> map = Map.of();

    @Option(names = "--broker", description = "Start a broker beside the devices, for every connection of theirs.")
    private boolean broker;

    @Option(names = "--for", paramLabel = "TIME", description = "End after this time of the device: 30s, 10m, 1d.")
    private @Nullable String time;

    @Mixin
    private CountOption count = new CountOption("Run N devices, each with its own identity. [1]");

    @Option(
            names = "--first",
            paramLabel = "N",
            description = "The index of the first device, for a fleet divided among processes. [0]")
    private int first;

    @Option(names = "--stagger", paramLabel = "TIME", description = "Switch the devices on over this time. [0s]")
    private String stagger = "0s";

    @Mixin
    private SpeedOption speed = new SpeedOption("Device seconds per second. [1]");

    @Option(
            names = "--virtual",
            description =
                    "Virtual time with a broker in the same clock: as fast as possible, the same each time. Needs --for.")
    private boolean virtual;

    @Option(names = "--seed", paramLabel = "N", description = "Feeds everything random. [1]")
    private long seed = 1;

    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            description = "Sensors, button presses, power cuts: see docs/nodemcu.md.")
    private @Nullable Path scenario;

    @Option(
            names = "--on-error",
            paramLabel = "WHAT",
            completionCandidates = Candidates.OnError.class,
            description = "After an error that the script does not catch: restart, stop or ignore. [restart]")
    private String onError = "restart";

    @Option(
            names = {"--profile", "--firmware"},
            paramLabel = "NAME",
            description =
                    "The device: esp32, esp32-strict with the faults of its firmware, esp8266-1.5, esp8266-2.2 or esp8266-3.0. [esp32]")
    private @Nullable String profile;

    @Option(
            names = "--wifi",
            paramLabel = "WHEN",
            description = {
                "Network calls before the station has an address: wait for it, fail as on the chip (strict),",
                "or have the address before the first line of the script (ready). [wait]"
            })
    private @Nullable String wifi;

    @Option(
            names = "--warnings",
            paramLabel = "LIST",
            description = {
                "Disable warnings or turn them into errors: error (all), none, NAME (an error), no-NAME (disabled).",
                "Separate several with commas. A warning ends with its name in brackets."
            })
    private @Nullable String warnings;

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Option(names = "--watch", description = "Flash and restart the device when a file is saved.")
    private boolean watch;

    @Option(
            names = {"-i", "--prompt"},
            description = "Read Lua lines from standard input, as the serial console of a board does.")
    private boolean prompt;

    @Option(names = "--write", description = "Write what the device writes to its flash into the folder too.")
    private boolean write;

    @Option(names = "--check", description = "Do not run: list what the scripts need and do not get.")
    private boolean check;

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final Terminal terminal;

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (check) {
            return check();
        }
        if (virtual && time == null) {
            throw new IllegalArgumentException("--virtual needs --for: virtual time has no end of its own");
        }
        if (virtual && metrics.port() != null) {
            throw new IllegalArgumentException("--metrics shows a run in real time: omit --virtual");
        }
        Duration duration = time == null ? null : Durations.parse(time);
        Listener listener = new Listener();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        ClientGroup clients = new ClientGroup("run");
        try (LiveStatistics page = LiveStatistics.start(metrics, terminal, clients);
                Host running = Host.start(options(clients), listener);
                ShutdownHook interruption = new ShutdownHook(() -> {
                    end.countDown();
                    await(stopped);
                })) {
            if (broker && !virtual && !output.isQuiet() && running.ownBroker() != null) {
                terminal.note("broker: " + running.ownBroker().uri());
            }
            if (prompt) {
                new Thread(() -> readPrompt(running, end), "godwit-prompt").start();
            }
            long begin = System.nanoTime();
            if (virtual && duration != null) {
                runVirtual(running, duration);
            } else {
                follow(running, end, duration);
            }
            terminal.endProgress();
            if (count.intOr(1) > 1 && !output.isQuiet()) {
                terminal.note(summary(running.figures(), (System.nanoTime() - begin) / 1e9));
            }
            return listener.failed && (reaction() == OnError.STOP || warnings != null)
                    ? ExitCodes.FAILED
                    : ExitCodes.OK;
        } finally {
            stopped.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                Thread.currentThread().interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HostOptions options(ClientGroup clients) {
        MqttSettings mqtt = MqttSettings.configured();
        Path parent = script.toAbsolutePath().getParent();
        Path properties = (Files.isDirectory(script) || parent == null ? script : parent).resolve("godwit.properties");
        WifiSettings access = WifiSettings.DEFAULTS;
        Path here = Path.of("godwit.properties");
        if (Files.isReadable(here)) {
            access = access.load(here);
        }
        if (Files.isReadable(properties)) {
            mqtt = mqtt.load(properties);
            access = access.load(properties);
        }
        if (wifi != null) {
            access = access.withStart(WifiSettings.Start.of(wifi));
        }
        ProtocolVersion asked = version.get();
        if (asked == ProtocolVersion.V5) {
            throw new IllegalArgumentException("-V 5: NodeMCU's module speaks 31 and 311");
        }
        if (asked != null) {
            mqtt = mqtt.withVersion(asked);
        }
        if (profile != null) {
            mqtt = mqtt.withProfile(Profile.of(profile));
        }
        if (metrics.port() != null) {
            mqtt = mqtt.withClients(() -> MqttClient.builder().listener(clients));
        }
        HostOptions options = HostOptions.of(script)
                .mqtt(mqtt)
                .wifi(access)
                .ownBroker(broker)
                .count(count.intOr(1))
                .stagger(Durations.parse(stagger))
                .speed(speed.value())
                .virtual(virtual)
                .seed(seed)
                .scenario(scenario)
                .watch(watch)
                .writeBack(write)
                .first(first)
                .warnings(warnings == null ? WarningPolicy.DEFAULT : WarningPolicy.parse(warnings))
                .onError(reaction());
        map.forEach(options::map);
        String broker = host.last();
        Integer number = port.get();
        if (broker != null) {
            options.brokerAt(broker, number == null ? 0 : number);
        }
        String password = login.password();
        if (login.user() != null) {
            options.login(login.user(), password);
        } else if (password != null) {
            throw new IllegalArgumentException("a password needs a user name: add -u NAME");
        }
        return options;
    }

    private OnError reaction() {
        return switch (onError.toLowerCase(Locale.ROOT)) {
            case "restart" -> OnError.RESTART;
            case "stop" -> OnError.STOP;
            case "ignore" -> OnError.IGNORE;
            default ->
                throw new IllegalArgumentException("--on-error is restart, stop or ignore, not '" + onError + "'");
        };
    }

    private int check() throws IOException {
        FlashImage image = FlashImage.read(script);
        List<ScriptCheck.Finding> findings =
                profile == null ? ScriptCheck.check(image) : ScriptCheck.check(image, Profile.of(profile));
        findings.forEach(finding -> terminal.line(finding.toString()));
        if (!output.isQuiet()) {
            terminal.note(
                    findings.isEmpty() ? "everything that the scripts need is here" : findings.size() + " finding(s)");
            if (profile == null) {
                terminal.note("the scripts fit the firmware " + ScriptCheck.guess(image)
                        + " best; --firmware lists what a release lacks");
            }
        }
        return findings.isEmpty() ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
    }

    /** In steps, so that a key press or a closed pipe ends a long run. */
    private void runVirtual(Host running, Duration duration) throws InterruptedException {
        Duration left = duration;
        Duration step = Duration.ofMinutes(1);
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration next = left.compareTo(step) < 0 ? left : step;
            running.run(next);
            left = left.minus(next);
            if (count.intOr(1) > 1 && !output.isQuiet()) {
                terminal.progress(live(running.figures(), running.figures(), 1));
            }
        }
    }

    private void follow(Host running, CountDownLatch end, @Nullable Duration duration) throws InterruptedException {
        long begin = System.nanoTime();
        long total = duration == null ? Long.MAX_VALUE : (long) (duration.toNanos() / speed.value());
        FleetFigures.Snapshot before = running.figures();
        while (System.nanoTime() - begin < total) {
            long left = Math.min(1_000_000_000L, total - (System.nanoTime() - begin));
            if (end.await(left, TimeUnit.NANOSECONDS)) {
                return;
            }
            FleetFigures.Snapshot now = running.figures();
            if (count.intOr(1) > 1 && !output.isQuiet()) {
                terminal.progress(live(before, now, 1));
            }
            before = now;
        }
    }

    private String live(FleetFigures.Snapshot before, FleetFigures.Snapshot now, double seconds) {
        long messages = now.published() + now.received() - before.published() - before.received();
        return String.format(
                Locale.ROOT,
                "%,d of %,d connected   %,.0f messages/s   %,d errors   slowest callback %.1f ms",
                now.connected(),
                count.intOr(1),
                messages / seconds,
                now.errors(),
                now.slowestNanos() / 1e6);
    }

    private String summary(FleetFigures.Snapshot all, double seconds) {
        return String.format(
                Locale.ROOT,
                "%,d devices, %.1f s: %,d connected, %,d published, %,d received, %,d boots, %,d errors, "
                        + "%,d callbacks (%.0f µs on average, slowest %.1f ms)",
                count.intOr(1),
                seconds,
                all.connected(),
                all.published(),
                all.received(),
                all.boots(),
                all.errors(),
                all.callbacks(),
                all.callbacks() == 0 ? 0.0 : all.callbackNanos() / 1e3 / all.callbacks(),
                all.slowestNanos() / 1e6);
    }

    /** Lines go to the first device; the end of the input ends nothing, as a console that is unplugged. */
    private void readPrompt(Host running, CountDownLatch end) {
        Device device = running.devices().get(0);
        BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String pending = "";
            String line;
            showPrompt("> ");
            while ((line = in.readLine()) != null) {
                String input = pending + line;
                device.evaluate(input, answer -> answers.add(Optional.ofNullable(answer)));
                Optional<String> answer = answers.poll(10, TimeUnit.SECONDS);
                boolean incomplete = answer != null && answer.isEmpty();
                pending = incomplete ? input + "\n" : "";
                if (answer != null && answer.isPresent() && !answer.get().isEmpty()) {
                    terminal.line(answer.get());
                }
                showPrompt(incomplete ? ">> " : "> ");
            }
        } catch (IOException e) {
            end.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void showPrompt(String text) {
        terminal.err().print(text);
        terminal.err().flush();
    }

    /** Puts what devices say where it belongs. */
    private final class Listener implements DeviceListener {
        private volatile boolean failed;

        private String prefix(Device device) {
            return count.intOr(1) == 1 ? "" : device.name() + ": ";
        }

        @Override
        public void printed(Device device, byte[] line) {
            byte[] prefix = prefix(device).getBytes(StandardCharsets.UTF_8);
            byte[] all = Arrays.copyOf(prefix, prefix.length + line.length + 1);
            System.arraycopy(line, 0, all, prefix.length, line.length);
            all[all.length - 1] = '\n';
            show(all);
        }

        /** One device's output appears as it comes; of several, lines are kept apart. */
        @Override
        public void printedPart(Device device, byte[] part) {
            if (count.intOr(1) == 1) {
                show(part);
            } else {
                printed(device, part);
            }
        }

        /** A script is no more trusted than a message: a terminal gets no escape sequences from it, a pipe gets the bytes. */
        private void show(byte[] bytes) {
            byte[] shown = Printable.shown(bytes, terminal);
            terminal.write(shown, shown.length);
        }

        @Override
        public void warned(Device device, Warning warning) {
            if (!output.isQuiet() && device.settings().index() == first) {
                terminal.note("godwit: " + warning);
            }
        }

        @Override
        public void failed(Device device, LuaError error) {
            terminal.notes(prefix(device) + "Lua error: " + error.traceback().replace("\t", "    "));
            if (!failed && !output.isQuiet() && reaction() == OnError.RESTART) {
                terminal.note("godwit: the device restarts, as the chip does; with --on-error stop it stays off");
            }
            failed = true;
        }
    }
}
