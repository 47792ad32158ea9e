package io.godwit.cli.manual;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What picocli's model says of commands and options, as plain text. */
final class Described {
    private Described() {}

    /** Lines of a description as they are shown: with {@code %n} and {@code %%} resolved. */
    static List<String> lines(String... description) {
        return Arrays.stream(description)
                .flatMap(line -> line.replace("%n", "\n").replace("%%", "%").lines())
                .toList();
    }

    /** All of a description on one line. */
    static String text(String... description) {
        return lines(description).stream().map(String::strip).collect(Collectors.joining(" "));
    }

    /** Its first sentence, without the full stop. */
    static String summary(String... description) {
        String text = text(description);
        int end = text.indexOf(". ");
        String first = end < 0 ? text : text.substring(0, end);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    static List<OptionSpec> options(CommandSpec command) {
        return command.options().stream().filter(option -> !option.hidden()).toList();
    }

    /** The commands below, in their order, each once. */
    static Set<CommandSpec> subcommands(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(spec -> !spec.usageMessage().hidden())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether the option stands alone, without a value. */
    static boolean isFlag(OptionSpec option) {
        return option.arity().max() == 0;
    }

    static boolean isRepeatable(OptionSpec option) {
        return option.isMultiValue();
    }

    static boolean isFile(ArgSpec argument) {
        return argument.type() == java.nio.file.Path.class || argument.type() == java.io.File.class;
    }

    /** The values that an argument may have, if these are few. */
    static List<String> values(ArgSpec argument) {
        Iterable<String> candidates = argument.completionCandidates();
        if (candidates == null) {
            return List.of();
        }
        return StreamSupport.stream(candidates.spliterator(), false)
                .filter(Objects::nonNull)
                .toList();
    }
}
