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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes: results on standard output, remarks and complaints on standard error. Knows which of them is a
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

    // Set once.
    private final OutputStream out;
    private final PrintStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final boolean colours;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private @Nullable IOException failure;
    private boolean progressing;

    public Terminal(OutputStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal, boolean colours) {
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
        return on == null ? this : new Terminal(out, err, outIsTerminal, errIsTerminal, on);
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

    /** How many characters fit on a line; 80 where nobody knows, and where nothing is a terminal. */
    public int columns() {
        if (!outIsTerminal && !errIsTerminal) {
            return 80;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
            return columns > 0 ? columns : 80;
        } catch (IOException | NumberFormatException e) {
            return 80;
        }
    }

    public boolean colours() {
        return colours;
    }

    /** The text in a colour, where colours are shown. */
    public String paint(Colour colour, String text) {
        return colours ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }

    /** Writes bytes to standard output, at once. Returns false if its reader has closed it. */
    public boolean write(byte[] bytes, int length) {
        lock.lock();
        try {
            if (failure == null) {
                out.write(bytes, 0, length);
                out.flush();
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            lock.unlock();
        }
        return failure() == null;
    }

    /** Why standard output can no longer be written; null if it can. */
    public @Nullable IOException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
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
        byte[] bytes = (text + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        return write(bytes, bytes.length);
    }

    /** Writes a line to standard error, in the place of that of {@link #progress} if there is one. */
    public void note(String text) {
        lock.lock();
        try {
            err.print(takeAway() + text + System.lineSeparator());
            err.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Writes a line to standard error in the place of the one before; only where that is a terminal. */
    public void progress(String text) {
        if (errIsTerminal) {
            lock.lock();
            try {
                err.print("\r" + text + CLEAR_TO_END);
                err.flush();
                progressing = true;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Ends the line of {@link #progress}. */
    public void endProgress() {
        lock.lock();
        try {
            err.print(takeAway());
            err.flush();
        } finally {
            lock.unlock();
        }
    }

    /** What takes the line of progress from the screen. */
    private String takeAway() {
        String code = progressing ? "\r" + CLEAR_TO_END : "";
        progressing = false;
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

    /** The same for standard error. */
    public PrintStream err() {
        return err;
    }
}
