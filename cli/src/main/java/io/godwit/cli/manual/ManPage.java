package io.godwit.cli.manual;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Writes the man page of a command: what {@code --help} says, in the order and the form that man pages have. */
public final class ManPage {
    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /** The file name of a command's page. */
    public static String fileName(CommandSpec command) {
        return name(command) + ".1";
    }

    private static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /** The page in roff. */
    public static String of(CommandSpec command, String version) {
        ManPage man = new ManPage();
        man.write(command, version);
        return man.page.toString();
    }

    private void write(CommandSpec command, String version) {
        UsageMessageSpec usage = command.usageMessage();
        macro(".TH " + name(command).toUpperCase(Locale.ROOT) + " 1 \"\" \"" + version + "\" \"Godwit\"");
        macro(".SH NAME");
        text(name(command) + " - " + Described.summary(usage.description()));
        macro(".SH SYNOPSIS");
        synopsis(command);
        macro(".SH DESCRIPTION");
        text(Described.text(usage.description()));
        arguments(command);
        Set<CommandSpec> below = Described.subcommands(command);
        if (!below.isEmpty()) {
            macro(".SH COMMANDS");
            for (CommandSpec each : below) {
                boolean own = command.parent() == null;
                macro(".TP");
                page.append(bold(own ? name(each) + "(1)" : each.name())).append('\n');
                text(Described.text(each.usageMessage().description()));
            }
        }
        if (command.parent() != null) {
            for (CommandSpec each : below) {
                macro(".SH " + each.name().toUpperCase(Locale.ROOT));
                synopsis(each);
                arguments(each);
            }
        }
        if (!usage.exitCodeList().isEmpty()) {
            macro(".SH EXIT STATUS");
            usage.exitCodeList().forEach((code, meaning) -> {
                macro(".TP");
                page.append(bold(code.strip())).append('\n');
                text(meaning);
            });
        }
        examples(usage);
        macro(".SH SEE ALSO");
        text(
                command.parent() == null
                        ? below.stream().map(each -> name(each) + "(1)").collect(Collectors.joining(", "))
                        : name(command.root()) + "(1)");
    }

    private void synopsis(CommandSpec command) {
        StringBuilder words = new StringBuilder(bold(command.qualifiedName()));
        if (!Described.options(command).isEmpty()) {
            words.append(" [").append(italic("OPTIONS")).append(']');
        }
        for (PositionalParamSpec positional : command.positionalParameters()) {
            String name = italic(positional.paramLabel());
            String several = positional.arity().max() > 1 ? "..." : "";
            words.append(' ').append(positional.required() ? name + several : "[" + name + several + "]");
        }
        if (!Described.subcommands(command).isEmpty()) {
            words.append(' ').append(italic("COMMAND"));
        }
        page.append(words).append('\n');
    }

    private void arguments(CommandSpec command) {
        List<OptionSpec> options = Described.options(command);
        String heading = command.parent() == null || command.parent().parent() == null ? ".SH " : ".SS ";
        if (!command.positionalParameters().isEmpty()) {
            macro(heading + "ARGUMENTS");
        }
        for (PositionalParamSpec positional : command.positionalParameters()) {
            macro(".TP");
            page.append(italic(positional.paramLabel())).append('\n');
            text(Described.text(positional.description()));
        }
        if (!options.isEmpty()) {
            macro(heading + "OPTIONS");
        }
        for (OptionSpec option : options) {
            macro(".TP");
            String names = Arrays.stream(option.names()).map(ManPage::bold).collect(Collectors.joining(", "));
            page.append(names)
                    .append(Described.isFlag(option) ? "" : " " + italic(option.paramLabel()))
                    .append('\n');
            text(Described.text(option.description()));
        }
    }

    private void examples(UsageMessageSpec usage) {
        List<String> lines = Described.lines(usage.footer());
        if (lines.isEmpty()) {
            return;
        }
        macro(".SH EXAMPLES");
        macro(".nf");
        for (String line : lines) {
            page.append(escaped(line.strip())).append('\n');
        }
        macro(".fi");
    }

    private void macro(String line) {
        page.append(line).append('\n');
    }

    private void text(String text) {
        page.append(escaped(text)).append('\n');
    }

    private static String bold(String text) {
        return "\\fB" + escaped(text) + "\\fP";
    }

    private static String italic(String text) {
        return "\\fI" + escaped(text) + "\\fP";
    }

    /** What roff takes for text: no commands, and a hyphen that can be copied. */
    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
