package io.godwit.cli;

import io.godwit.cli.options.RawText;
import io.godwit.cli.options.TlsOptions;
import io.godwit.cli.output.Diagnostics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Options that always apply: {@code ~/.config/godwit/all} for every command that connects, {@code
 * ~/.config/godwit/COMMAND} for one. A line is an option as on the command line, {@code #} starts a comment. What the command
 * line says wins.
 */
final class ConfigFiles {
    /** Options that say the same thing in different ways: one on the command line replaces the others from a file. */
    private static final List<Set<String>> ALTERNATIVES = List.of(
            Set.of("--host", "--url", "--unix"),
            Set.of("--password", "--password-env", "--password-file", "--password-command", "--ask-password"),
            Set.of("--id", "--id-prefix"),
            Set.of("--message", "--file", "--stdin-file", "--stdin-line", "--null-message", "--echo", "--exec"),
            Set.of("--no-retained", "--retained-only"),
            Set.of("--exec", "--out-dir", "--out", "--watch", "--message-rate"),
            Set.of("--rate", "--total-rate"));

    private static final String FILE = "--options";
    private static final String WITHOUT_TLS = "--no-tls";

    private ConfigFiles() {}

    /**
     * The arguments with those of the files before them.
     *
     * @param command the command, whose options the files may name
     * @param connection the options of a named connection, which come behind those of the files
     * @param typed what was typed after the command's name
     * @throws IllegalArgumentException if a file cannot be read or contains an unknown option
     */
    static List<String> precede(
            Path folder, CommandLine command, Map<String, List<String>> connection, List<String> typed) {
        CommandSpec spec = command.getCommandSpec();
        List<Entry> entries = new ArrayList<>();
        Path instead = instead(command, typed);
        if (instead != null) {
            if (!Files.isRegularFile(instead)) {
                throw new IllegalArgumentException("-o: there is no file " + instead);
            }
            read(instead, spec, false, entries);
        } else {
            if (spec.findOption("--keepalive") != null) {
                read(folder.resolve("all"), spec, true, entries);
            }
            read(folder.resolve(spec.name()), spec, false, entries);
        }
        List<Entry> named = named(spec, connection);
        Set<String> ofConnection = new HashSet<>();
        named.forEach(entry -> addWithAlternatives(ofConnection, entry.option));
        entries.removeIf(entry -> ofConnection.contains(entry.option.longestName()));
        entries.addAll(named);
        if (entries.isEmpty()) {
            return typed;
        }
        Set<String> replaced = new HashSet<>();
        for (OptionSpec option : matched(command, typed)) {
            addWithAlternatives(replaced, option);
        }
        if (replaced.contains(WITHOUT_TLS)) {
            TlsOptions.names().forEach(replaced::add);
        }
        List<String> all = new ArrayList<>();
        for (Entry entry : entries) {
            if (!replaced.contains(entry.option.longestName())) {
                all.addAll(entry.words);
            }
        }
        all.addAll(typed);
        return all;
    }

    private static void addWithAlternatives(Set<String> names, OptionSpec option) {
        names.add(option.longestName());
        for (Set<String> same : ALTERNATIVES) {
            if (same.contains(option.longestName())) {
                names.addAll(same);
            }
        }
    }

    /** Options of a named connection that this command has; those of other commands are left out. */
    private static List<Entry> named(CommandSpec command, Map<String, List<String>> connection) {
        List<Entry> entries = new ArrayList<>();
        connection.forEach((name, values) -> {
            OptionSpec option = command.findOption(name);
            if (option == null) {
                return;
            }
            for (String value : values.isEmpty() ? List.of("") : values) {
                List<String> words = new ArrayList<>(List.of(name));
                if (option.parameterConsumer() != null) {
                    words.addAll(Arrays.asList(value.split("\\s+")));
                } else if (!values.isEmpty()) {
                    words.add(value);
                }
                entries.add(new Entry(option, words));
            }
        });
        return entries;
    }

    /** A line of a file, or an option of a connection. */
    private record Entry(OptionSpec option, List<String> words) {}

    /** The file that {@code -o} names in place of the usual ones, or null. */
    private static @Nullable Path instead(CommandLine command, List<String> typed) {
        boolean possible = false; // parsing takes its time, and the option is rare
        for (String word : typed) {
            possible |= word.startsWith("-o") || word.startsWith(FILE);
        }
        if (possible) {
            for (OptionSpec option : matched(command, typed)) {
                if (option.longestName().equals(FILE) && !option.stringValues().isEmpty()) {
                    return Path.of(
                            option.stringValues().get(option.stringValues().size() - 1));
                }
            }
        }
        return null;
    }

    /** The options in what was typed. */
    private static List<OptionSpec> matched(CommandLine command, List<String> typed) {
        CommandLine parent = command.getParent(); // picocli parses a subcommand through its parent only
        CommandLine parsing = parent == null ? command : parent;
        List<String> words = new ArrayList<>(typed);
        if (parent != null) {
            words.add(0, command.getCommandName());
        }
        collectErrors(command, parent, true); // what is missing may be in the files
        try {
            ParseResult parsed = parsing.parseArgs(words.toArray(String[]::new));
            ParseResult own = parsed.hasSubcommand() && parent != null ? parsed.subcommand() : parsed;
            return own.matchedOptions();
        } finally {
            collectErrors(command, parent, false);
        }
    }

    private static void collectErrors(CommandLine command, @Nullable CommandLine parent, boolean on) {
        command.getCommandSpec().parser().collectErrors(on);
        if (parent != null) {
            parent.getCommandSpec().parser().collectErrors(on);
        }
    }

    /** Whether a file that applies to a command that connects has one of these options. */
    static boolean mention(Path folder, String command, Set<String> options) {
        for (Path file : List.of(folder.resolve("all"), folder.resolve(command))) {
            for (String line : lines(file)) {
                if (options.contains(line.strip().split("\\s+", 2)[0])) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The lines of a file, in which each character is a byte; of one that does not exist, none. */
    private static List<String> lines(Path file) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalArgumentException(Diagnostics.about(file, e), e);
        }
    }

    private static void read(Path file, CommandSpec command, boolean lenient, List<Entry> into) {
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = RawText.ofLatin1(lines.get(i)).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\s+", 2);
            OptionSpec option = command.findOption(parts[0]);
            if (option == null && lenient) {
                continue; // an option of another command
            }
            if (option == null) {
                throw new IllegalArgumentException(
                        file + ", line " + (i + 1) + ": '" + parts[0]
                                + "' is not an option of this command; a line is an option as on the command line, such as: -h host");
            }
            List<String> words = new ArrayList<>(List.of(parts[0]));
            if (parts.length > 1 && option.parameterConsumer() != null) {
                words.addAll(Arrays.asList(parts[1].split("\\s+")));
            } else if (parts.length > 1) {
                words.add(parts[1]);
            }
            into.add(new Entry(option, words));
        }
    }
}
