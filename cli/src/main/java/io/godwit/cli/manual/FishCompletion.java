package io.godwit.cli.manual;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes fish's completion: a {@code complete} for each command and option, with the condition under which it counts. */
final class FishCompletion {
    private final String program;
    private final StringBuilder script = new StringBuilder();

    private FishCompletion(String program) {
        this.program = program;
    }

    static String script(CommandSpec root) {
        FishCompletion fish = new FishCompletion(root.name());
        fish.script.append("# Completion of ").append(root.name()).append(" for fish.\n");
        fish.script.append(NamesOfConnections.fish());
        fish.add("-f");
        fish.add("-n __godwit_needs_connection -a '(__godwit_names)' -d 'A named connection'");
        fish.command(root, "__godwit_needs_command");
        return fish.script.toString();
    }

    private void command(CommandSpec command, String condition) {
        List<CommandSpec> below = List.copyOf(Described.subcommands(command));
        String here = " -n " + quote(condition);
        for (OptionSpec option : Described.options(command)) {
            add(here.strip() + names(option) + value(option) + " -d " + quote(Described.summary(option.description())));
        }
        for (PositionalParamSpec positional : command.positionalParameters()) {
            if (Described.isFile(positional)) {
                add(here.strip() + " -F");
            } else if (!Described.values(positional).isEmpty()) {
                add(here.strip() + " -a " + quote(String.join(" ", Described.values(positional))));
            }
        }
        String names = below.stream().map(CommandSpec::name).collect(Collectors.joining(" "));
        for (CommandSpec each : below) {
            String free =
                    command.parent() == null ? condition : condition + "; and not __fish_seen_subcommand_from " + names;
            add("-n " + quote(free) + " -a " + each.name() + " -d "
                    + quote(Described.summary(each.usageMessage().description())));
            String seen = "__fish_seen_subcommand_from " + each.name();
            command(each, command.parent() == null ? seen : condition + "; and " + seen);
        }
    }

    private static String names(OptionSpec option) {
        StringBuilder names = new StringBuilder();
        for (String name : option.names()) {
            names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        return names.toString();
    }

    private static String value(OptionSpec option) {
        if (Described.isFlag(option)) {
            return "";
        }
        if (Described.isFile(option)) {
            return " -r -F";
        }
        List<String> values = Described.values(option);
        return values.isEmpty() ? " -x" : " -x -a " + quote(String.join(" ", values));
    }

    private void add(String words) {
        script.append("complete -c ").append(program).append(' ').append(words).append('\n');
    }

    private static String quote(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
