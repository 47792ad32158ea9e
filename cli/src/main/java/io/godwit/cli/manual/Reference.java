package io.godwit.cli.manual;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes docs/commands.md: what {@code --help} says of each command, as a page of the documentation. */
public final class Reference {
    /** An example and what it does, in columns. */
    private static final Pattern COLUMNS = Pattern.compile("(\\S.*?\\S) {2,}(\\S.*)");

    private static final int WIDTH = 100;

    private final StringBuilder page = new StringBuilder();

    private Reference() {}

    /** The page in Markdown. */
    public static String of(CommandSpec godwit) {
        Reference reference = new Reference();
        reference.line("# Commands and options");
        reference.line("");
        reference.line(
                "What `godwit COMMAND --help` shows, for all commands. The build generates this page from them;");
        reference.line("[The command](cli.md) explains how to use them. `--help` itself is left out here.");
        Described.subcommands(godwit).forEach(command -> reference.command(command, "## "));
        return reference.page.toString();
    }

    private void command(CommandSpec command, String heading) {
        line("");
        line(heading + command.qualifiedName());
        line("");
        line(prose(Described.text(command.usageMessage().description())));
        table(command);
        List<String> examples = Described.lines(command.usageMessage().footer()).stream()
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        if (heading.equals("## ") && !examples.isEmpty()) {
            line("");
            line("```sh");
            for (String each : examples) {
                if (each.endsWith(":")) { // what follows is a file
                    line("```");
                    line("");
                    line(each);
                    line("");
                    line("```toml");
                } else {
                    example(each);
                }
            }
            line("```");
        }
        Set<CommandSpec> below = Described.subcommands(command);
        below.forEach(each -> command(each, "### "));
    }

    private void table(CommandSpec command) {
        List<OptionSpec> options = Described.options(command).stream()
                .filter(option -> !option.usageHelp())
                .toList();
        if (options.isEmpty() && command.positionalParameters().isEmpty()) {
            return;
        }
        line("");
        line("| argument or option | |");
        line("| --- | --- |");
        for (PositionalParamSpec argument : command.positionalParameters()) {
            line("| `" + cell(argument.paramLabel()) + "` | " + prose(Described.text(argument.description())) + " |");
        }
        for (OptionSpec option : options) {
            String value = Described.isFlag(option) ? "" : " " + option.paramLabel();
            String names = Arrays.stream(option.names())
                    .map(name -> "`" + cell(name + (name.equals(option.longestName()) ? value : "")) + "`")
                    .collect(Collectors.joining(" "));
            line("| " + names + " | " + prose(Described.text(option.description())) + " |");
        }
    }

    private void example(String example) {
        var columns = COLUMNS.matcher(example);
        if (!columns.matches()) {
            line(example);
        } else if (example.length() + 2 > WIDTH) {
            line("# " + columns.group(2));
            line(columns.group(1));
        } else {
            int gap = columns.start(2) - columns.end(1);
            line(columns.group(1) + " ".repeat(gap) + "# " + columns.group(2));
        }
    }

    /** Text that Markdown shows as it is. */
    private static String prose(String text) {
        return cell(text).replaceAll("([*_<`\\[])", "\\\\$1");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
