package io.godwit.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes zsh's completion: a function for each command, with a line for {@code _arguments} for each option. */
final class ZshCompletion {
    private final StringBuilder script = new StringBuilder();

    private ZshCompletion() {}

    static String script(CommandSpec root) {
        ZshCompletion zsh = new ZshCompletion();
        zsh.script
                .append("#compdef ")
                .append(root.name())
                .append("\n# Completion of ")
                .append(root.name())
                .append(" for zsh: a file _")
                .append(root.name())
                .append(" in a folder of $fpath.\n\n");
        zsh.script.append(NamesOfConnections.function());
        String main = "_" + root.name();
        zsh.command(root, main);
        // Autoloaded, the body of the file is the function's first call; sourced, it is registered.
        zsh.script
                .append("if [ \"$funcstack[1]\" = ")
                .append(main)
                .append(" ]; then\n    ")
                .append(main)
                .append(" \"$@\"\nelse\n    compdef ")
                .append(main)
                .append(' ')
                .append(root.name())
                .append("\nfi\n");
        return zsh.script.toString();
    }

    private void command(CommandSpec command, String function) {
        Set<CommandSpec> below = Described.subcommands(command);
        List<String> specs = new ArrayList<>();
        Described.options(command).forEach(option -> specs.add(option(option)));
        if (below.isEmpty()) {
            command.positionalParameters().forEach(each -> specs.add(positional(each)));
        } else {
            specs.add("'1: :->command'");
            specs.add("'*:: :->words'");
        }
        script.append(function).append("() {\n");
        if (command.parent() == null) { // a named connection may come before the command
            script.append("    if [[ ${words[2]} == @* && $CURRENT -gt 2 ]]; then\n")
                    .append("        words=(\"$words[1]\" \"${(@)words[3,-1]}\")\n        (( CURRENT-- ))\n    fi\n");
        }
        if (!below.isEmpty()) {
            script.append("    local curcontext=\"$curcontext\" context state state_descr line\n");
            script.append("    typeset -A opt_args\n");
        }
        script.append("    _arguments -s").append(below.isEmpty() ? "" : " -C");
        specs.forEach(spec -> script.append(" \\\n        ").append(spec));
        script.append('\n');
        if (!below.isEmpty()) {
            dispatch(below, function, command.parent() == null);
        }
        script.append("}\n\n");
        below.forEach(each -> command(each, function + "_" + each.name().replace('-', '_')));
    }

    private void dispatch(Set<CommandSpec> below, String function, boolean named) {
        script.append("    case $state in\n        command)\n");
        if (named) {
            script.append("            compadd -- ${(f)\"$(_godwit_names)\"}\n");
        }
        script.append("            local -a commands=(\n");
        below.forEach(each -> script.append("                ")
                .append(quote(each.name() + ":"
                        + Described.summary(each.usageMessage().description())))
                .append('\n'));
        script.append("            )\n            _describe command commands ;;\n");
        script.append("        words)\n            case $words[1] in\n");
        below.forEach(each -> script.append("                ")
                .append(each.name())
                .append(") ")
                .append(function)
                .append('_')
                .append(each.name().replace('-', '_'))
                .append(" ;;\n"));
        script.append("            esac ;;\n    esac\n");
    }

    /** {@code '(-q --qos)'{-q+,--qos=}'[what it is]:QOS:'}. */
    private static String option(OptionSpec option) {
        List<String> names = new ArrayList<>();
        for (String name : option.names()) {
            String suffix = Described.isFlag(option) ? "" : name.startsWith("--") ? "=" : "+";
            names.add(name + suffix);
        }
        String before = Described.isRepeatable(option) ? "'*'" : "'(" + String.join(" ", option.names()) + ")'";
        String all = names.size() == 1 ? names.get(0) : "{" + String.join(",", names) + "}";
        String text = Described.summary(option.description())
                .replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
        String value = "";
        if (!Described.isFlag(option)) {
            String action = Described.isFile(option)
                    ? "_files"
                    : Described.values(option).isEmpty() ? " " : "(" + String.join(" ", Described.values(option)) + ")";
            value = ":" + option.paramLabel().replace(":", "\\:") + ":" + action;
        }
        return before + all + quote("[" + text + "]" + value);
    }

    private static String positional(PositionalParamSpec positional) {
        String action = Described.isFile(positional)
                ? "_files"
                : Described.values(positional).isEmpty()
                        ? " "
                        : "(" + String.join(" ", Described.values(positional)) + ")";
        return quote("*:" + positional.paramLabel().replace(":", "\\:") + ":" + action);
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
