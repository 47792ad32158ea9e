package io.godwit.cli.output;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes: results on standard output, notes and errors on standard error. Knows which of them is a
 * terminal, so that colours and progress go to people only. Safe for several threads.
 */
public final class Terminal {
    /** Colours, by what they are for. */
    public enum Colour {
        TOPIC("36"),
        FAINT("2"),
        GOOD("32"),
        BAD("31"),
        WARNING("33"),
        STRONG("1");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    private static final String CLEAR_TO_END = "\u001b[K";
    private static final Size USUAL = new Size(24, 80);
    /** Marks what {@link #paint} did, until it is written; no text of MQTT holds it [MQTT-1.5.4-2]. */
    private static final char MARK = '\0';

    private static final char END = '/';

    // Set once.
    private final OutputStream out;
    private final PrintStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final boolean colours;

    private final State state;

    /** What terminals over the same streams share. */
    private static final class State {
        final ReentrantLock lock = new ReentrantLock();

        // Guarded by lock.
        @Nullable
        IOException failure;

        boolean progressing;

        /** How many lines {@link #block} has drawn and nothing has covered since. */
        int drawn;
    }

    public Terminal(OutputStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal, boolean colours) {
        this(out, err, outIsTerminal, errIsTerminal, colours, new State());
    }

    private Terminal(
            OutputStream out,
            PrintStream err,
            boolean outIsTerminal,
            boolean errIsTerminal,
            boolean colours,
            State state) {
        this.state = state;
        this.out = out;
        this.err = err;
        this.outIsTerminal = outIsTerminal;
        this.errIsTerminal = errIsTerminal;
        this.colours = colours;
    }

    /** The process's own streams. */
    public static Terminal system() {
        boolean out = isTerminal(1);
        boolean err = isTerminal(2);
        boolean wanted = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                out,
                err,
                out && wanted);
    }

    /** The same with colours switched by hand; null leaves them. */
    public Terminal withColours(@Nullable Boolean on) {
        return on == null ? this : new Terminal(out, err, outIsTerminal, errIsTerminal, on, state);
    }

    /** One whose standard output is this stream, such as a file. */
    public Terminal writingTo(OutputStream stream) {
        return new Terminal(stream, err, false, errIsTerminal, false);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return consoleIsTerminal(); // no /proc here
        }
    }

    /** Since Java 22 there is a console for pipes too, with a method that tells. */
    private static boolean consoleIsTerminal() {
        Console console = System.console();
        try {
            return console != null
                    && Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return console != null;
        }
    }

    /** Whether somebody can be asked on standard input. */
    public static boolean inIsTerminal() {
        return isTerminal(0);
    }

    public boolean outIsTerminal() {
        return outIsTerminal;
    }

    public boolean errIsTerminal() {
        return errIsTerminal;
    }

    /** A terminal's size in characters. */
    public record Size(int rows, int columns) {}

    /** How many characters fit on a line; 80 where nobody knows, and where nothing is a terminal. */
    public int columns() {
        return size().columns();
    }

    /** How much fits; 24 lines of 80 characters where nobody knows, and where nothing is a terminal. */
    public Size size() {
        if (!outIsTerminal && !errIsTerminal) {
            return USUAL;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            int rows = size.length == 2 ? Integer.parseInt(size[0]) : 0;
            int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
            return rows > 0 && columns > 0 ? new Size(rows, columns) : USUAL;
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        }
    }

    public boolean colours() {
        return colours;
    }

    /** The text in a colour, where colours are shown: for {@link #line} and {@link #note} only, which escape the rest. */
    public String paint(Colour colour, String text) {
        return colours ? MARK + colour.name() + MARK + text + MARK + END + MARK : text;
    }

    /** The text as standard output may show it by itself: in a colour, and escaped on a terminal. */
    public String shown(Colour colour, String text) {
        if (outIsTerminal) {
            return coded(paint(colour, text));
        }
        return colours ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }

    /** One line: what comes from outside escaped, and the colours of {@link #paint}. */
    private static String coded(String text) {
        if (text.indexOf(MARK) < 0) {
            return Printable.line(text);
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        int at = 0;
        while (at < text.length()) {
            int mark = text.indexOf(MARK, at);
            int end = mark < 0 ? -1 : text.indexOf(MARK, mark + 1);
            if (end < 0) {
                break;
            }
            out.append(Printable.line(text.substring(at, mark))).append(code(text.substring(mark + 1, end)));
            at = end + 1;
        }
        return out.append(Printable.line(text.substring(at))).toString();
    }

    private static String code(String name) {
        if (name.equals(String.valueOf(END))) {
            return "\u001b[0m";
        }
        for (Colour colour : Colour.values()) {
            if (colour.name().equals(name)) {
                return "\u001b[" + colour.code + "m";
            }
        }
        return Printable.line(name);
    }

    /** Writes bytes to standard output, at once. Returns false if its reader has closed it. */
    public boolean write(byte[] bytes, int length) {
        state.lock.lock();
        try {
            if (state.failure == null) {
                out.write(bytes, 0, length);
                out.flush();
            }
        } catch (IOException e) {
            state.failure = e;
        } finally {
            state.lock.unlock();
        }
        return failure() == null;
    }

    /** Why standard output can no longer be written; null if it can. */
    public @Nullable IOException failure() {
        state.lock.lock();
        try {
            return state.failure;
        } finally {
            state.lock.unlock();
        }
    }

    /** Whether standard output failed since its reader closed it: it is a pipe, or the system says so. */
    public boolean isReaderGone() {
        IOException why = failure();
        if (why == null || String.valueOf(why.getMessage()).contains("Broken pipe")) {
            return why != null;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return false;
        }
    }

    /** Writes a line to standard output. Returns false if its reader has closed it. */
    public boolean line(String text) {
        byte[] bytes = (coded(text) + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        return write(bytes, bytes.length);
    }

    /** Writes text of this program to standard output as it is, such as a help text. False: its reader has closed it. */
    public boolean text(String text) {
        byte[] bytes = (text + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        return write(bytes, bytes.length);
    }

    /** Writes each line of a text to standard error, such as a stack trace. */
    public void notes(String text) {
        text.lines().forEach(this::note);
    }

    /** Writes a line to standard error, in the place of that of {@link #progress} if there is one. */
    public void note(String text) {
        state.lock.lock();
        try {
            err.print(takeAway() + coded(text) + System.lineSeparator());
            err.flush();
        } finally {
            state.lock.unlock();
        }
    }

    /** Writes a line to standard error in the place of the one before; only where that is a terminal. */
    public void progress(String text) {
        if (errIsTerminal) {
            state.lock.lock();
            try {
                err.print("\r" + coded(text) + CLEAR_TO_END);
                err.flush();
                state.progressing = true;
            } finally {
                state.lock.unlock();
            }
        }
    }

    /**
     * Draws these lines on standard output, a terminal, in the place of those before. What {@link #note} writes appears above
     * them once they are drawn again. Returns false if its reader has closed it.
     *
     * @param size to which lines are cut
     */
    public boolean block(List<String> lines, Size size) {
        state.lock.lock();
        try {
            StringBuilder text = new StringBuilder(takeAwayBlock());
            for (String line : lines) {
                text.append(AttributedString.fromAnsi(line)
                                .columnSubSequence(0, size.columns() - 1)
                                .toAnsi())
                        .append("\u001b[0m")
                        .append(CLEAR_TO_END)
                        .append("\r\n");
            }
            byte[] bytes = text.append("\u001b[J").toString().getBytes(StandardCharsets.UTF_8);
            boolean read = write(bytes, bytes.length);
            state.drawn = Math.min(lines.size(), size.rows() - 1);
            return read;
        } finally {
            state.lock.unlock();
        }
    }

    /** Whether the lines of {@link #block} are still there. */
    public boolean isBlockShown() {
        state.lock.lock();
        try {
            return state.drawn > 0;
        } finally {
            state.lock.unlock();
        }
    }

    /** Leaves the lines of {@link #block} as they are: whatever comes now appears below. */
    public void endBlock() {
        state.lock.lock();
        try {
            state.drawn = 0;
        } finally {
            state.lock.unlock();
        }
    }

    /** What leads to where the block began. */
    private String takeAwayBlock() {
        String code = state.drawn > 0 ? "\u001b[" + state.drawn + "A\r" : "";
        state.drawn = 0;
        return code;
    }

    /** Ends the line of {@link #progress}. */
    public void endProgress() {
        state.lock.lock();
        try {
            err.print(takeAway());
            err.flush();
        } finally {
            state.lock.unlock();
        }
    }

    /** What takes the line of progress from the screen. */
    private String takeAway() {
        String block = errIsTerminal && state.drawn > 0 ? takeAwayBlock() + "\u001b[J" : "";
        String code = block + (state.progressing ? "\r" + CLEAR_TO_END : "");
        state.progressing = false;
        return code;
    }

    /** Standard output for what prints by itself; shows what it is given when it is flushed or a line ends. */
    public PrintWriter writer() {
        OutputStream whole = new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                Terminal.this.write(Arrays.copyOfRange(bytes, offset, offset + length), length);
            }
        };
        return new PrintWriter(whole, true, StandardCharsets.UTF_8);
    }

    /** What the library logs, a line for each entry, escaped. */
    public PrintStream log() {
        return new PrintStream(err, true, StandardCharsets.UTF_8) {
            @Override
            public void println(@Nullable String text) {
                note(String.valueOf(text));
            }

            @Override
            public void println(@Nullable Object text) {
                note(String.valueOf(text));
            }
        };
    }

    /** The same for standard error. */
    public PrintStream err() {
        return err;
    }
}
