package io.godwit.benchmarks.runner;

import io.godwit.plot.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A flame graph as one picture that a page can show: the collapsed stacks of async-profiler, taken with the names of the
 * threads, as an SVG that needs no script. The lowest row is what a thread is there for; what only brings a thread to its
 * work, and what is too narrow to be seen, is not drawn.
 */
public final class FlameGraph {

    /** Of all samples: a narrower frame is left out, and with it what stands on it. */
    static final double NARROWEST = 0.003;

    private static final int WIDTH = 1000;
    private static final int MARGIN = 10;
    private static final int ROW = 15;
    private static final int HEAD = 66;
    private static final double LETTER = 6.3;
    private static final int SHORTEST_NAME = 4;

    /** A system call goes through thirty functions of the network; these many tell which it is. */
    private static final int KERNEL_ROWS = 10;

    /** From the start of a thread to its work, the system call's way into the kernel, and the bodies made for lambdas. */
    private static final Pattern ON_THE_WAY = Pattern.compile(
            "start_thread|thread_native_entry|Thread::call_run|JavaThread::.*|JavaCalls::.*|thread_entry|call_stub"
                    + "|java/lang/(Virtual)?Thread\\.run|.*FastThreadLocalRunnable\\.run|.*ThreadExecutorMap\\$\\d+\\.run"
                    + "|.*SingleThreadEventExecutor\\$\\d+\\.run|io/godwit/benchmarks/worker/.*"
                    + "|entry_SYSCALL_64.*|do_syscall_64.*|.*\\$\\$Lambda.*");

    /** Whose code it is. */
    private enum Kind {
        KERNEL("kernel", "#bbbbbb", ".*_\\[k]"),
        NETTY("Netty", "#93b7be", "io/netty/.*|netty_.*"),
        APPLICATION("application", "#588b8b", "io/godwit/benchmarks/.*"),
        JVM("JDK, JVM, libc", "#e3cb8f", "(java|javax|jdk|sun|com/sun)/.*|[^/]*"),
        CLIENT("MQTT client", "#c8553d", ".*");

        private final String title;
        private final String color;
        private final Pattern frames;

        Kind(String title, String color, String frames) {
            this.title = title;
            this.color = color;
            this.frames = Pattern.compile(frames);
        }

        static Kind of(String frame) {
            return Arrays.stream(values())
                    .filter(kind -> kind.frames.matcher(frame).matches())
                    .findFirst()
                    .orElse(CLIENT);
        }
    }

    /** Samples that passed through one method, and those that stood in it. */
    private static final class Frame {
        private final Map<String, Frame> callees = new TreeMap<>();
        private long samples;

        Frame callee(String name) {
            return callees.computeIfAbsent(name, unseen -> new Frame());
        }

        Stream<Map.Entry<String, Frame>> widestFirst() {
            return callees.entrySet().stream()
                    .sorted(Comparator.comparingLong((Map.Entry<String, Frame> callee) -> -callee.getValue().samples));
        }
    }

    private final Map<ThreadRole, Frame> threads = new EnumMap<>(ThreadRole.class);
    private final Map<Kind, Long> standing = new EnumMap<>(Kind.class);
    private long samples;
    private long compiling;
    private long starting;

    /** Reads lines of the form {@code [thread tid=1];outer;inner 42}. */
    FlameGraph(Stream<String> collapsed) {
        collapsed.filter(line -> !line.isBlank()).forEach(this::add);
        if (samples == 0) {
            throw new IllegalArgumentException("there is no sample of a thread at work in it");
        }
    }

    /** The arguments: the title, the file of collapsed stacks, the file to write. */
    public static void main(String[] args) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(args[1]))) {
            Files.writeString(Path.of(args[2]), new FlameGraph(lines).svg(args[0]));
        }
    }

    private void add(String line) {
        ProfiledStack stack = ProfiledStack.parse(line);
        if (stack.isCompiler()) {
            compiling += stack.samples();
        } else if (stack.isStart()) {
            starting += stack.samples();
        } else {
            List<String> frames = new ArrayList<>();
            int inKernel = 0;
            for (String frame : stack.frames()) {
                boolean drawn = !ON_THE_WAY.matcher(frame).matches();
                if (drawn && (Kind.of(frame) != Kind.KERNEL || ++inKernel <= KERNEL_ROWS)) {
                    frames.add(frame);
                }
            }
            add(ThreadRole.of(stack.thread()), frames, stack.samples());
        }
    }

    private void add(ThreadRole role, List<String> frames, long count) {
        samples += count;
        Frame frame = threads.computeIfAbsent(role, unseen -> new Frame());
        frame.samples += count;
        for (String name : frames) {
            frame = frame.callee(name);
            frame.samples += count;
        }
        Kind top = frames.isEmpty() ? Kind.JVM : Kind.of(frames.get(frames.size() - 1));
        standing.merge(top, count, Long::sum);
    }

    String svg(String title) {
        int rows = 1 + threads.values().stream().mapToInt(this::depth).max().orElse(0);
        int height = HEAD + rows * ROW + MARGIN;
        StringBuilder svg =
                new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
                font-family="system-ui, sans-serif" font-size="11">
                <style>
                .page { fill: #fff } text { fill: #1f2328; pointer-events: none } .thread { fill: #d8dee4 }
                g rect.client + text { fill: #fff }
                g rect { stroke: #fff; stroke-width: 0.6 } g:hover rect { stroke: #000 }
                @media (prefers-color-scheme: dark) { .page { fill: #0d1117 } .head { fill: #e6edf3 } g rect { stroke: #0d1117 } }
                %3$s</style>
                <rect class="page" width="100%%" height="100%%"/>
                <text class="head" x="%4$d" y="20" font-size="15" font-weight="bold">%5$s</text>
                """, WIDTH, height, styles(), MARGIN, Svg.escaped(title)));
        legend(svg);
        double x = MARGIN;
        for (Map.Entry<ThreadRole, Frame> thread : threads.entrySet()) {
            Frame frame = thread.getValue();
            if (isSeen(frame)) {
                String name = thread.getKey().title() + ", " + percent(frame.samples);
                draw("thread", name, name, frame, x, height - MARGIN - ROW, svg);
            }
            x += width(frame);
        }
        return svg.append("</svg>\n").toString();
    }

    private static String styles() {
        StringBuilder styles = new StringBuilder();
        for (Kind kind : Kind.values()) {
            styles.append(String.format("rect.%s { fill: %s }%n", style(kind), kind.color));
        }
        return styles.toString();
    }

    private static String style(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void legend(StringBuilder svg) {
        double x = MARGIN;
        for (Kind kind : Kind.values()) {
            String text = kind.title + " " + percent(standing.getOrDefault(kind, 0L));
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%.0f\" y=\"30\" width=\"11\" height=\"11\"/>"
                            + "<text class=\"head\" x=\"%.0f\" y=\"39\">%s</text>%n",
                    style(kind),
                    x,
                    x + 15,
                    text));
            x += 15 + text.length() * LETTER + 20;
        }
        long all = samples + compiling + starting;
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"head\" x=\"%d\" y=\"56\">%,d samples; not among them the compiler (%.0f %% of all) and the"
                        + " start (%.0f %%). Not drawn: what is below %.1f %%, and"
                        + " the kernel beyond %d rows.</text>%n",
                MARGIN,
                samples,
                100.0 * compiling / all,
                100.0 * starting / all,
                100 * NARROWEST,
                KERNEL_ROWS));
    }

    private int depth(Frame frame) {
        return frame.callees.values().stream()
                .filter(this::isSeen)
                .mapToInt(callee -> 1 + depth(callee))
                .max()
                .orElse(0);
    }

    private boolean isSeen(Frame frame) {
        return frame.samples >= NARROWEST * samples;
    }

    private double width(Frame frame) {
        return (double) frame.samples / samples * (WIDTH - 2 * MARGIN);
    }

    private void draw(String style, String name, String label, Frame frame, double x, int y, StringBuilder svg) {
        double width = width(frame);
        int letters = (int) ((width - 4) / LETTER);
        svg.append(String.format(
                Locale.ROOT,
                "<g><title>%s</title><rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                Svg.escaped(name),
                style,
                x,
                y,
                width,
                ROW));
        if (letters >= SHORTEST_NAME) {
            String text = label.length() <= letters ? label : label.substring(0, letters - 1) + "…";
            svg.append(String.format(
                    Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>", x + 3, y + ROW - 4, Svg.escaped(text)));
        }
        svg.append("</g>\n");
        double left = x;
        for (Map.Entry<String, Frame> callee : (Iterable<Map.Entry<String, Frame>>) frame.widestFirst()::iterator) {
            Frame above = callee.getValue();
            if (isSeen(above)) {
                String method = callee.getKey();
                String full = method.replace("_[k]", "").replace('/', '.') + ": " + percent(above.samples);
                draw(style(Kind.of(method)), full, shortName(method), above, left, y - ROW, svg);
            }
            left += width(above);
        }
    }

    private String percent(long count) {
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * count / samples);
    }

    /** Class and method, without the package. */
    private static String shortName(String frame) {
        return frame.replace("_[k]", "").substring(frame.lastIndexOf('/') + 1);
    }
}
