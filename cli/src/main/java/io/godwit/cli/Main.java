package io.godwit.cli;

import io.godwit.cli.options.ProcessInput;
import io.godwit.cli.options.SharedOption;
import io.godwit.cli.options.UserFolders;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The {@code godwit} command: finds the command and runs it. Builds only that one, since building all of them
 * would take most of the start-up time.
 */
@Command(
        name = "godwit",
        description = "The MQTT client for the JVM: publish, subscribe, measure, diagnose.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit demo                                    watch messages being delivered",
            "  godwit sub -h test.example -t 'home/#' -v      print messages",
            "  godwit pub -h test.example -t home/hall -m hi  send a message",
            "  godwit bench -h test.example --rate 100 -q 1   measure a broker",
            "%ngodwit COMMAND --help explains a command."
        })
public final class Main implements Callable<Integer> {
    /** The commands in the order of the help. */
    static final List<String> COMMANDS = List.of(
            ("demo pub sub request reply retained record play web top bridge trace bench simulate shell broker run doctor connections store "
                            + "help man completion")
                    .split(" "));

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /** Makes a command. A switch, since a map of constructors would load and link all of them at each start. */
    private static Object command(String name, Terminal terminal) {
        return switch (name) {
            case "demo" -> new DemoCommand(terminal);
            case "pub" -> new PubCommand(terminal);
            case "sub" -> new SubCommand(terminal);
            case "request" -> new RequestCommand(terminal);
            case "reply" -> new ReplyCommand(terminal);
            case "retained" -> new RetainedCommand(terminal);
            case "record" -> new RecordCommand(terminal);
            case "play" -> new PlayCommand(terminal);
            case "web" -> new WebCommand(terminal);
            case "top" -> new TopCommand(terminal);
            case "bridge" -> new BridgeCommand(terminal);
            case "trace" -> new TraceCommand(terminal);
            case "bench" -> new BenchCommand(terminal);
            case "simulate" -> new SimulateCommand(terminal);
            case "shell" -> new ShellCommand(terminal);
            case "broker" -> new BrokerCommand(terminal);
            case "run" -> new RunCommand(terminal);
            case "doctor" -> new DoctorCommand(terminal);
            case "connections" -> new ConnectionsCommand(terminal);
            case "store" -> new StoreCommand(terminal);
            case "help" -> new HelpCommand(terminal);
            case "man" -> new ManCommand(terminal);
            case "completion" -> new CompletionCommand(terminal);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Runs the command line and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.system();
        int code;
        try {
            List<String> words = ProcessInput.arguments(arguments);
            code = run(terminal, words, Preload.start(words));
        } catch (IllegalArgumentException e) {
            terminal.note("godwit: " + e.getMessage());
            code = ExitCodes.USAGE;
        }
        System.exit(code);
    }

    /** Runs a command line; returns its exit code. */
    static int run(Terminal terminal, List<String> arguments) {
        return run(terminal, arguments, Preload.none());
    }

    private static int run(Terminal terminal, List<String> arguments, Preload preload) {
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        if (arguments.size() == 1 && (first.equals("--version") || first.equals("-V"))) {
            for (String text : Version.lines()) {
                terminal.line(text);
            }
            return ExitCodes.OK;
        }
        boolean named = first.startsWith("@") && first.length() > 1;
        List<String> words = named ? arguments.subList(1, arguments.size()) : arguments;
        String name = words.isEmpty() ? "" : words.get(0);
        CommandLine line = commandLine(terminal, COMMANDS.contains(name) ? List.of(name) : COMMANDS, preload);
        List<String> all = new ArrayList<>(words);
        CommandLine command = line.getSubcommands().get(name);
        try {
            if (named && (command == null || command.getCommandSpec().findOption("--keepalive") == null)) {
                throw new IllegalArgumentException(
                        first + ": a command that connects must follow, such as: godwit " + first + " sub -t '#'");
            }
            if (command != null) {
                List<String> typed = words.subList(1, words.size());
                Map<String, List<String>> connection =
                        named ? NamedConnections.ofUser().options(first.substring(1)) : Map.of();
                all = new ArrayList<>(ConfigFiles.precede(UserFolders.configuration(), command, connection, typed));
                all.add(0, name);
            }
            int code = line.execute(all.toArray(String[]::new));
            IOException unwritten = terminal.failure();
            if (unwritten == null) {
                return code;
            }
            boolean closed = terminal.isReaderGone();
            ParseResult parsed = line.getParseResult();
            if (parsed == null || !isOn(parsed, "--quiet")) {
                terminal.note(
                        closed
                                ? "godwit: standard output was closed by its reader"
                                : "godwit: cannot write to standard output: " + unwritten.getMessage());
            }
            return closed ? ExitCodes.OUTPUT_CLOSED : ExitCodes.OUTPUT_FAILED;
        } catch (IllegalArgumentException e) {
            terminal.note("godwit: " + e.getMessage());
            return ExitCodes.USAGE;
        } catch (OutOfMemoryError e) {
            terminal.note("godwit: out of memory (" + e.getMessage() + "); allow more with GODWIT_OPTS=-Xmx1g");
            return ExitCodes.OUT_OF_MEMORY;
        }
    }

    /** The command line with all commands. */
    static CommandLine commandLine(Terminal terminal) {
        return commandLine(terminal, COMMANDS);
    }

    /**
     * The command of these names, each below the one before.
     *
     * @throws IllegalArgumentException when there is none
     */
    static CommandLine find(CommandLine all, List<String> names) {
        CommandLine found = all;
        for (String name : names) {
            CommandLine below = found.getSubcommands().get(name);
            if (below == null) {
                throw new IllegalArgumentException("unknown command '" + name + "'; '"
                        + found.getCommandSpec().qualifiedName() + " --help' lists them");
            }
            found = below;
        }
        return found;
    }

    /** The command line with these commands. */
    static CommandLine commandLine(Terminal terminal, List<String> names) {
        return commandLine(terminal, names, Preload.none());
    }

    private static CommandLine commandLine(Terminal terminal, List<String> names, Preload preload) {
        configurePicocli();
        // Above the one command that was typed, only the name counts: no option of godwit itself can follow it.
        CommandLine line =
                new CommandLine(names.size() == 1 ? CommandSpec.create().name("godwit") : new Main());
        for (String name : names) {
            CommandLine command = new CommandLine(command(name, terminal));
            command.getCommandSpec().addOption(help());
            SharedOption.describe(command.getCommandSpec());
            command.getSubcommands().values().forEach(below -> SharedOption.describe(below.getCommandSpec()));
            line.addSubcommand(name, command);
        }
        ExitCodes.describe(line.getCommandSpec());
        boolean colours = terminal.colours();
        line.setColorScheme(CommandLine.Help.defaultColorScheme(colours ? Ansi.ON : Ansi.OFF));
        line.setExpandAtFiles(false); // an argument is what was typed
        line.setOverwrittenOptionsAllowed(true);
        line.setAllowOptionsAsOptionParameters(true);
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpLongOptionsMaxWidth(34);
        line.setOut(terminal.writer());
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        Handlers handlers = new Handlers(terminal, preload);
        line.setParameterExceptionHandler(handlers);
        line.setExecutionStrategy(handlers);
        line.setExecutionExceptionHandler(handlers);
        return line;
    }

    /** No search for a class of Groovy, for which Java would open the jar, and no converters for types that no option has. */
    private static void configurePicocli() {
        System.setProperty("picocli.disable.closures", "true");
        System.setProperty("picocli.converters.excludes", "java\\.(time|sql)\\..*");
    }

    /**
     * What picocli calls. A class and no lambdas: the archive of classes leaves out every interface of picocli that a lambda
     * implements, and with it whatever extends it; loading those from the jars takes a tenth of a start.
     */
    private static final class Handlers
            implements CommandLine.IParameterExceptionHandler,
                    CommandLine.IExecutionStrategy,
                    CommandLine.IExecutionExceptionHandler {
        private final Terminal terminal;
        private final Preload preload;

        Handlers(Terminal terminal, Preload preload) {
            this.terminal = terminal;
            this.preload = preload;
        }

        @Override
        public int handleParseException(CommandLine.ParameterException failure, String[] typed) {
            CommandLine at = failure.getCommandLine();
            String name = at.getCommandSpec().qualifiedName();
            terminal.note(name + ": " + message(failure));
            CommandLine.UnmatchedArgumentException.printSuggestions(failure, at.getErr());
            terminal.note("Try '" + name + " --help'.");
            return ExitCodes.USAGE;
        }

        @Override
        public int execute(ParseResult parsed) {
            ByteArguments.check(parsed);
            Logging.configure(isOn(parsed, "--debug"));
            preload.await();
            System.setErr(terminal.log());
            return new CommandLine.RunLast().execute(parsed);
        }

        @Override
        public int handleExecutionException(Exception failure, CommandLine at, ParseResult parsed) {
            Throwable cause = Failures.unwrap(failure);
            if (!isOn(parsed, "--quiet")) {
                terminal.note(at.getCommandSpec().qualifiedName() + ": " + Failures.text(cause));
            }
            if (isOn(parsed, "--debug")) {
                StringWriter trace = new StringWriter();
                cause.printStackTrace(new PrintWriter(trace));
                terminal.notes(trace.toString());
            }
            return Failures.exitCode(cause);
        }
    }

    /** Whether the command that was parsed, or one above it, was given this option. */
    private static boolean isOn(ParseResult parsed, String option) {
        return parsed.asCommandLineList().stream()
                .anyMatch(each -> each.getParseResult().hasMatchedOption(option));
    }

    /** What picocli reports, in plain words. */
    private static String message(CommandLine.ParameterException failure) {
        boolean atTop = failure.getCommandLine().getParent() == null;
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched
                && atTop
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            return "unknown command '" + unmatched.getUnmatched().get(0) + "'";
        }
        String text = String.valueOf(failure.getMessage());
        String missing = "Error: Missing required argument (specify one of these): ";
        if (text.startsWith(missing)) {
            return "missing one of: " + text.substring(missing.length());
        }
        return text.replace("option option", "option").replaceFirst("^Error: ", "");
    }

    /** {@code --help} without a letter: {@code -h} is the host, as with mosquitto's clients. */
    private static OptionSpec help() {
        return OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }

    /** Without a command: says which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }
}
