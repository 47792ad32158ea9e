package io.godwit.cli;

import io.godwit.cli.output.Diagnostics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that always apply: {@code ~/.config/godwit/all} for every command that connects, {@code
 * ~/.config/godwit/COMMAND} for one. A line is an option as on the command line, {@code #} starts a comment. What the command
 * line says wins.
 */
final class ConfigFiles {
    /** These say where to connect in different words: one on the command line replaces all from the file. */
    private static final Set<String> WHERE = Set.of("--host", "--port", "--url", "--unix");

    private ConfigFiles() {}

    /** The folder of the files. */
    static Path folder() {
        String base = System.getenv("XDG_CONFIG_HOME");
        Path root = base == null || base.isEmpty()
                ? Path.of(System.getProperty("user.home", "."), ".config")
                : Path.of(base);
        return root.resolve("godwit");
    }

    /**
     * The arguments with those of the files before them.
     *
     * @param command the command, whose options the files may name
     * @param arguments what was typed after the command's name
     * @throws IllegalArgumentException if a file cannot be read or contains an unknown option
     */
    static List<String> precede(Path folder, CommandSpec command, List<String> arguments) {
        List<String> all = new ArrayList<>();
        if (command.findOption("--host") != null) {
            read(folder.resolve("all"), command, arguments, true, all);
        }
        read(folder.resolve(command.name()), command, arguments, false, all);
        all.addAll(arguments);
        return all;
    }

    private static void read(Path file, CommandSpec command, List<String> typed, boolean lenient, List<String> into) {
        if (!Files.isRegularFile(file)) {
            return;
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(Diagnostics.about(file, e), e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\s+", 2);
            OptionSpec option = command.findOption(parts[0]);
            if (option == null) {
                if (lenient) {
                    continue; // an option of another command
                }
                throw new IllegalArgumentException(
                        file + ", line " + (i + 1) + ": '" + parts[0]
                                + "' is not an option of this command; a line is an option as on the command line, such as: -h host");
            }
            if (!isTyped(option, command, typed)) {
                into.add(parts[0]);
                if (parts.length > 1) {
                    into.addAll(
                            option.parameterConsumer() != null
                                    ? Arrays.asList(parts[1].split("\\s+"))
                                    : List.of(parts[1]));
                }
            }
        }
    }

    private static boolean isTyped(OptionSpec option, CommandSpec command, List<String> typed) {
        for (String argument : typed) {
            int equals = argument.indexOf('=');
            String name = argument.startsWith("--") && equals > 0 ? argument.substring(0, equals) : argument;
            OptionSpec other = name.startsWith("-") ? command.findOption(name) : null;
            if (other != null
                    && (other.equals(option) || WHERE.contains(longest(other)) && WHERE.contains(longest(option)))) {
                return true;
            }
        }
        return false;
    }

    private static String longest(OptionSpec option) {
        return option.longestName();
    }
}
