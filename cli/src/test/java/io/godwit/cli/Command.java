package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A process under test: {@code godwit} as users start it, or one of mosquitto's clients; with what it writes and its exit code. */
final class Command implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * What a shell starts in the background ignores SIGINT, and so does all that it starts in turn, these tests' processes too:
     * then Ctrl-C would do nothing. This gives them the signal back, where there is a GNU env.
     */
    private static final List<String> HEARS_CTRL_C = hearsCtrlC();

    private static final Map<String, String> NO_FILES = Map.of("XDG_CONFIG_HOME", "/nonexistent");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\\S+");

    private final String name;
    private final Process process;
    private final Output out;
    private final Output err;

    private Command(List<String> line, Map<String, String> environment) {
        name = String.join(" ", line);
        try {
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out = new Output(process.getInputStream());
        err = new Output(process.getErrorStream());
    }

    /** The godwit command with these arguments, and no configuration files. */
    static Command godwit(String... arguments) {
        return godwit(Map.of(), arguments);
    }

    static Command godwit(Map<String, String> environment, String... arguments) {
        Map<String, String> all = new java.util.HashMap<>(NO_FILES);
        all.putAll(environment);
        return new Command(java(List.of(arguments)), all);
    }

    /** What starts the godwit command with these arguments. */
    static List<String> java(List<String> arguments) {
        List<String> line = new ArrayList<>(HEARS_CTRL_C);
        line.addAll(CommandArchive.java());
        line.add("io.godwit.cli.Main");
        line.addAll(arguments);
        return line;
    }

    private static List<String> hearsCtrlC() {
        List<String> prefix = List.of("env", "--default-signal=INT");
        List<String> probe = new ArrayList<>(prefix);
        probe.add("true");
        return new Command(probe, Map.of()).exitCode() == 0 ? prefix : List.of();
    }

    /** A command line, split at its blanks; what stands between single quotes is one word. */
    static Command run(String line) {
        return new Command(words(line), NO_FILES);
    }

    /** The same in a terminal of its own, which script(1) makes. */
    static Command onTerminal(String line) {
        String quoted = words(line).stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        return new Command(List.of("script", "-qec", quoted, "/dev/null"), NO_FILES);
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            words.add(word.group(1) != null ? word.group(1) : word.group());
        }
        return words.get(0).equals("godwit") ? java(words.subList(1, words.size())) : words;
    }

    /** Any other program. */
    static Command of(String... line) {
        return new Command(List.of(line), Map.of());
    }

    /** Gives it this on standard input, and then no more. */
    Command input(String text) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Gives it this on standard input, which stays open. */
    Command type(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Waits until standard error holds this. */
    Command awaitError(String part) {
        await(name).atMost(PATIENCE).until(() -> err.text().contains(part) || !process.isAlive());
        assertThat(err.text()).contains(part);
        return this;
    }

    /** Waits until standard output holds this. */
    Command awaitOutput(String part) {
        await(name).atMost(PATIENCE).until(() -> out.text().contains(part) || !process.isAlive());
        assertThat(out.text()).as(() -> name + ": " + err.text()).contains(part);
        return this;
    }

    /** Ctrl-C. */
    Command interrupt() {
        return signal("INT");
    }

    /** A signal by its name, such as QUIT. */
    Command signal(String signal) {
        Command kill = Command.of("kill", "-" + signal, String.valueOf(process.pid()));
        assertThat(kill.exitCode()).isZero();
        return this;
    }

    /** SIGTERM, which works where SIGINT is ignored: in whatever a script has started in the background. */
    Command terminate() {
        process.destroy();
        return this;
    }

    int exitCode() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end; so far: " + out.text() + err.text());
            }
            out.reader.join();
            err.reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for the end, which shall be this. */
    Command ends(int code) {
        int actual = exitCode();
        assertThat(actual).as(() -> name + "\n" + out.text() + err.text()).isEqualTo(code);
        return this;
    }

    String output() {
        return out.text();
    }

    String errors() {
        return err.text();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Collects what comes. */
    private static final class Output {
        private final StringBuffer text = new StringBuffer();
        private final Thread reader;

        Output(InputStream in) {
            reader = new Thread(() -> {
                byte[] bytes = new byte[8192];
                try (in) {
                    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                        text.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                    }
                } catch (IOException e) {
                    text.append(e);
                }
            });
            reader.setDaemon(true);
            reader.start();
        }

        String text() {
            return text.toString();
        }
    }
}
