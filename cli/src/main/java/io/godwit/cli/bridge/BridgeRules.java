package io.godwit.cli.bridge;

import io.godwit.cli.bridge.BridgeRule.Direction;
import io.godwit.cli.options.InputFiles;
import io.godwit.mqtt.protocol.Qos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** The file of a bridge: a table {@code [[topic]]} for each rule. */
public final class BridgeRules {
    private static final Set<String> KEYS = Set.of("filter", "direction", "a", "b", "qos");

    private final Path file;

    private BridgeRules(Path file) {
        this.file = file;
    }

    /**
     * Reads the rules.
     *
     * @throws IllegalArgumentException if the file cannot be read or is not valid, with the place
     */
    public static List<BridgeRule> read(Path file) {
        return new BridgeRules(file).rules(InputFiles.toml(file));
    }

    private List<BridgeRule> rules(TomlParseResult toml) {
        for (String key : toml.keySet()) {
            if (!key.equals("topic")) {
                throw new IllegalArgumentException(
                        file + ": unknown table '" + key + "'; a rule begins with [[topic]]");
            }
        }
        Object topics = toml.get("topic");
        if (!(topics instanceof TomlArray array) || array.isEmpty()) {
            throw new IllegalArgumentException(file + ": there is no rule; begin one with [[topic]]");
        }
        List<BridgeRule> rules = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            String where = file + ", line " + array.inputPositionOf(i).line();
            if (!(array.get(i) instanceof TomlTable table)) {
                throw new IllegalArgumentException(where + ": topic must be a table; begin a rule with [[topic]]");
            }
            for (String key : table.keySet()) {
                if (!KEYS.contains(key)) {
                    throw new IllegalArgumentException(
                            where + ": unknown key '" + key + "'; there are filter, direction, a, b and qos");
                }
            }
            try {
                rules.add(rule(table));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
            }
        }
        return rules;
    }

    private static BridgeRule rule(TomlTable table) {
        String filter = text(table, "filter", null);
        if (filter == null) {
            throw new IllegalArgumentException("missing filter, such as: filter = \"sensors/#\"");
        }
        String way = String.valueOf(text(table, "direction", "both"));
        Direction direction = switch (way) {
            case "a-to-b" -> Direction.A_TO_B;
            case "b-to-a" -> Direction.B_TO_A;
            case "both" -> Direction.BOTH;
            default ->
                throw new IllegalArgumentException("invalid direction '" + way + "': must be a-to-b, b-to-a or both");
        };
        Object qos = table.get("qos");
        if (qos != null && !(qos instanceof Long level && level >= 0 && level <= 2)) {
            throw new IllegalArgumentException("invalid qos: must be 0, 1 or 2");
        }
        return new BridgeRule(
                filter,
                direction,
                String.valueOf(text(table, "a", "")),
                String.valueOf(text(table, "b", "")),
                qos == null ? Qos.EXACTLY_ONCE : Qos.of(((Long) qos).intValue()));
    }

    private static @Nullable String text(TomlTable table, String key, @Nullable String absent) {
        Object value = table.get(key);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(key + " must be a string");
        }
        return value == null ? absent : (String) value;
    }
}
