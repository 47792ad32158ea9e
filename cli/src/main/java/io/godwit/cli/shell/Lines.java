package io.godwit.cli.shell;

import io.godwit.cli.options.SharedOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;
import org.jline.reader.impl.DefaultParser;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;

/** Carries out the lines of a shell: splits them into words, finds the command and runs it. */
final class Lines {
    private static final Map<String, Function<ShellContext, Object>> COMMANDS = commands();

    // Set once.
    private final ShellContext shell;
    private final BiFunction<CommandLine, List<String>, List<String>> configured;
    private final Parser parser = parser();

    private boolean over;
    private int exitCode = ExitCodes.OK;

    /** @param configured puts the options of configuration files before the words of a command */
    Lines(ShellContext shell, BiFunction<CommandLine, List<String>, List<String>> configured) {
        this.shell = shell;
        this.configured = configured;
    }

    private static Map<String, Function<ShellContext, Object>> commands() {
        Map<String, Function<ShellContext, Object>> commands = new LinkedHashMap<>();
        commands.put("connect", ConnectLine::new);
        commands.put("list", ListLine::new);
        commands.put("use", UseLine::new);
        commands.put("subscribe", SubscribeLine::new);
        commands.put("unsubscribe", UnsubscribeLine::new);
        commands.put("publish", PublishLine::new);
        commands.put("request", RequestLine::new);
        commands.put("wait", WaitLine::new);
        commands.put("disconnect", DisconnectLine::new);
        commands.put("help", shell -> new HelpLine());
        commands.put("exit", shell -> new ExitLine());
        return commands;
    }

    /** How lines are split into words: blanks, both kinds of quotes, the backslash. */
    static Parser parser() {
        return new DefaultParser().eofOnUnclosedQuote(true);
    }

    /** Whether {@code exit} was typed. */
    boolean isOver() {
        return over;
    }

    /** What {@code exit} was given. */
    int exitCode() {
        return exitCode;
    }

    /** All commands, for completion. */
    CommandSpec model() {
        CommandSpec all = CommandSpec.create();
        COMMANDS.keySet().forEach(name -> {
            CommandLine command = command(name);
            all.addSubcommand(name, command);
        });
        return all;
    }

    private CommandLine command(String name) {
        Function<ShellContext, Object> made = COMMANDS.get(name);
        if (made == null) {
            for (String candidate : COMMANDS.keySet()) {
                CommandLine command = command(candidate);
                if (List.of(command.getCommandSpec().aliases()).contains(name)) {
                    return command;
                }
            }
            throw new IllegalArgumentException("unknown command '" + name + "'; help lists them");
        }
        CommandLine command = new CommandLine(made.apply(shell), new Candidates(shell.clients()));
        SharedOption.describe(command.getCommandSpec());
        command.setExpandAtFiles(false);
        command.setUsageHelpAutoWidth(true);
        command.setOverwrittenOptionsAllowed(true);
        command.setAllowOptionsAsOptionParameters(true);
        command.setColorScheme(
                CommandLine.Help.defaultColorScheme(shell.output().terminal().colours() ? Ansi.ON : Ansi.OFF));
        return command;
    }

    /**
     * Executes a line; reports what fails.
     *
     * @param where precedes an error message, such as the number of the line
     * @return 0, or the exit code of the failure
     */
    int run(String line, String where) {
        String name = "";
        try {
            List<String> words = words(line);
            if (words.isEmpty()) {
                return ExitCodes.OK;
            }
            name = words.get(0) + ": ";
            return run(words);
        } catch (InterruptedException e) {
            return failed(where + name, "interrupted", ExitCodes.INTERRUPTED);
        } catch (Exception e) {
            Throwable cause = Failures.unwrap(e);
            return failed(where + name, Failures.text(cause), Failures.exitCode(cause));
        }
    }

    private int failed(String where, String text, int code) {
        shell.output().failed(where, text, code);
        return code;
    }

    private List<String> words(String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return List.of();
        }
        try {
            ParsedLine parsed = parser.parse(text, text.length(), Parser.ParseContext.ACCEPT_LINE);
            return parsed.words();
        } catch (EOFError e) {
            throw new IllegalArgumentException("a quote is not closed, or the line ends with a backslash");
        } catch (SyntaxError e) {
            throw new IllegalArgumentException(e.getMessage());
        }
    }

    private int run(List<String> words) throws Exception {
        String name = words.get(0);
        CommandLine command = command(name);
        if (words.contains("--help")) {
            help(name);
            return ExitCodes.OK;
        }
        List<String> arguments = configured.apply(command, words.subList(1, words.size()));
        Object parsed = command.getCommand();
        try {
            command.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            String usual = "; help " + command.getCommandName() + " shows examples";
            throw new IllegalArgumentException(e.getMessage() + usual, e);
        }
        if (parsed instanceof HelpLine help) {
            help.show(this);
        } else if (parsed instanceof ExitLine exit) {
            over = true;
            exitCode = exit.code();
        } else if (parsed instanceof Callable<?> callable) {
            callable.call();
        }
        return ExitCodes.OK;
    }

    /** The help of one command, or the list of them. */
    void help(String topic) {
        String text = topic.isEmpty() ? list() : command(topic).getUsageMessage();
        shell.output().answer(null, "help", text.stripTrailing(), json -> json.writeStringField("text", text));
    }

    private String list() {
        StringBuilder text = new StringBuilder();
        for (String name : COMMANDS.keySet()) {
            CommandSpec spec = command(name).getCommandSpec();
            String called = String.join(", ", spec.names());
            text.append(
                    String.format("  %-20s %s%n", called, spec.usageMessage().description()[0]));
        }
        return text + """

            For example:
              connect boiler -h localhost
              subscribe home/# -q 1
              publish home/hall/light on

            help COMMAND explains one, the tab key completes, Ctrl-C stops waiting, Ctrl-D ends.
            """;
    }

    /** Makes what the completion offers; all else as picocli does. */
    private record Candidates(Clients clients) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == ClientNames.class) {
                return type.cast(new ClientNames(clients));
            }
            if (type == Filters.class) {
                return type.cast(new Filters(clients));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
