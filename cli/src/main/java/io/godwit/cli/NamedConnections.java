package io.godwit.cli;

import io.godwit.cli.options.InputFiles;
import io.godwit.cli.options.UserFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Connections under names, as in {@code godwit @plant sub -t '#'}: a table for each in {@code
 * ~/.config/godwit/connections.toml}, whose keys are options without their dashes.
 */
final class NamedConnections {
    /** Secrets are referred to, so that the file may be shared and kept in version control. */
    private static final Set<String> SECRETS = Set.of("password", "pw");

    /** An address with a password in it, such as {@code mqtt://me:secret@host}. */
    private static final Pattern WITH_PASSWORD = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/@]*:[^/]*@.*");

    private final Path file;
    private final Map<String, TomlTable> tables = new TreeMap<>();

    /**
     * Reads the file of the user; without one there are no connections.
     *
     * @throws IllegalArgumentException if it is not valid, with the place
     */
    NamedConnections(Path folder) {
        file = folder.resolve("connections.toml");
        if (!Files.isRegularFile(file)) {
            return;
        }
        TomlParseResult toml = InputFiles.toml(file);
        for (String name : toml.keySet()) {
            if (!(toml.get(List.of(name)) instanceof TomlTable table)) {
                throw new IllegalArgumentException(
                        file + ": '" + name + "' is outside of a table; a connection begins with [NAME]");
            }
            tables.put(name, table);
        }
    }

    static NamedConnections ofUser() {
        return new NamedConnections(UserFolders.configuration());
    }

    Set<String> names() {
        return tables.keySet();
    }

    /**
     * The options of a connection: their names with dashes, and their values; none for a flag that is on.
     *
     * @throws IllegalArgumentException if there is no such connection, or one of its values cannot be an option's
     */
    Map<String, List<String>> options(String name) {
        TomlTable table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("unknown connection '@" + name + "'; "
                    + (tables.isEmpty()
                            ? file + " has none: begin one with [" + name + "]"
                            : file + " has: @" + String.join(", @", tables.keySet())));
        }
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (String key : table.keySet()) {
            if (SECRETS.contains(key)) {
                throw new IllegalArgumentException(file + ", [" + name
                        + "]: use password-env, password-file or password-command instead of " + key);
            }
            List<String> values = new ArrayList<>();
            Object value = table.get(List.of(key));
            if (value instanceof TomlArray array) {
                array.toList().forEach(each -> values.add(text(name, key, each)));
            } else if (Boolean.FALSE.equals(value)) {
                continue;
            } else if (!Boolean.TRUE.equals(value)) {
                values.add(text(name, key, value));
            }
            if (values.stream().anyMatch(each -> WITH_PASSWORD.matcher(each).matches())) {
                throw new IllegalArgumentException(file + ", [" + name + "]: " + key
                        + " has a password in it: use username, and password-env, password-file or password-command");
            }
            options.put("--" + (key.equals("address") ? "host" : key), values);
        }
        return options;
    }

    private String text(String name, String key, @Nullable Object value) {
        if (value instanceof String || value instanceof Number) {
            return value.toString();
        }
        throw new IllegalArgumentException(
                file + ", [" + name + "]: " + key + " must be a string, a number, true, false or an array of strings");
    }
}
