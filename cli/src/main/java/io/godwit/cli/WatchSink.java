package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.UnprintableException;
import io.godwit.mqtt.protocol.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Keeps one line for each topic on a terminal and updates it in place, in the order in which the topics came. Where there are
 * more topics than lines, those that changed last are shown.
 */
final class WatchSink implements MessageSink {
    /** More topics than any terminal has lines; what has not changed for longest is forgotten. */
    private static final int TOPICS = 10_000;

    private static final long PERIOD_MILLIS = 50;
    private static final long PERIODS_PER_LOOK_AT_SIZE = 10;

    /** A topic's latest message. */
    private record Row(long number, String text) {}

    // Set once.
    private final Terminal terminal;
    private final MessagePrinter printer;
    private final Consumer<String> notes;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread painter = new Thread(this::paint, "godwit-watch");

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    /** Those that changed last are at the end. */
    private final Map<String, Row> rows = new LinkedHashMap<>(64, 0.75f, true);

    private long topics;
    private long messages;
    private boolean changed;

    // Painter only.
    private Terminal.Size size;

    private volatile boolean gone;

    WatchSink(Terminal terminal, MessagePrinter printer, Consumer<String> notes) {
        this.terminal = terminal;
        this.printer = printer;
        this.notes = notes;
        size = terminal.size();
        painter.setDaemon(true);
        painter.start();
    }

    @Override
    public int take(Message message, Runnable done) {
        if (gone) {
            return ExitCodes.OUTPUT_CLOSED;
        }
        try {
            String text = printer.text(message).replaceAll("\\R", "\u21b5");
            lock.lock();
            try {
                Row before = rows.get(message.topic());
                rows.put(message.topic(), new Row(before == null ? topics++ : before.number, text));
                if (rows.size() > TOPICS) {
                    rows.remove(rows.keySet().iterator().next());
                }
                messages++;
                changed = true;
            } finally {
                lock.unlock();
            }
        } catch (UnprintableException e) {
            notes.accept("godwit sub: " + e.getMessage());
        }
        done.run();
        return ExitCodes.OK;
    }

    private void paint() {
        try {
            for (long period = 1; !over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS); period++) {
                if (period % PERIODS_PER_LOOK_AT_SIZE == 0) {
                    resize(terminal.size());
                }
                draw();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        draw();
    }

    private void resize(Terminal.Size now) {
        if (!now.equals(size)) {
            size = now;
            lock.lock();
            try {
                changed = true;
            } finally {
                lock.unlock();
            }
        }
    }

    private void draw() {
        List<String> lines;
        lock.lock();
        try {
            if (!changed && (messages == 0 || terminal.isBlockShown())) {
                return;
            }
            changed = false;
            lines = lines(Math.max(1, size.rows() - 2));
        } finally {
            lock.unlock();
        }
        gone = !terminal.block(lines, size);
    }

    /** Guarded by the lock: what to draw, the summary last. */
    private List<String> lines(int most) {
        List<Row> latest = new ArrayList<>(rows.values());
        List<Row> shown = new ArrayList<>(latest.subList(Math.max(0, latest.size() - most), latest.size()));
        shown.sort(Comparator.comparingLong(Row::number));
        List<String> lines = new ArrayList<>();
        shown.forEach(row -> lines.add(row.text));
        lines.add(topics
                + (topics == 1 ? " topic, " : " topics, ")
                + (shown.size() < topics ? "the latest " + shown.size() + ", " : "")
                + messages
                + (messages == 1 ? " message" : " messages"));
        return lines;
    }

    /** Draws what came last and leaves it on the screen. */
    @Override
    public void end() {
        over.countDown();
        try {
            painter.join(TimeUnit.SECONDS.toMillis(1));
            terminal.endBlock();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
