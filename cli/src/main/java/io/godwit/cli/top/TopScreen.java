package io.godwit.cli.top;

import io.godwit.cli.output.Printable;
import io.godwit.web.decode.Decoding;
import io.godwit.web.model.Dropped;
import io.godwit.web.model.RowFilter;
import io.godwit.web.model.RowOrder;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.TopicTree;
import io.godwit.web.model.TreeView;
import io.godwit.web.source.Problem;
import io.godwit.web.source.Source;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code godwit top} shows: the lines of the screen, and how keys change it. Knows no terminal. For one thread. */
public final class TopScreen {
    private static final int COLUMNS_BESIDE_TOPIC = 42;
    private static final int NARROWEST_TOPIC = 16;
    private static final String PAUSED = "paused: Space goes on";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    // Set once.
    private final Source source;
    private final TreeView view;
    private final Decoding decoding;

    private RowOrder order = RowOrder.RATE;
    private boolean descending = true;
    private String filter = "";
    private int first;
    private int selected;
    private int height = 1;
    private boolean paused;
    private List<String> held = List.of();
    private List<TreeView.Row> rows = List.of();
    private int total;

    public TopScreen(Source source, Decoding decoding) {
        this.source = source;
        this.view = new TreeView(source.tree());
        this.decoding = decoding;
        view.sort(order, descending);
    }

    /** Shows only topics that contain the text, or match it as a topic filter; empty: all. */
    public void filter(String text) {
        filter = text;
        view.filter(new RowFilter(text, "", 0, false, false));
        first = 0;
        selected = 0;
    }

    /** Does what the key says. Returns false to quit. */
    public boolean press(TopKey key, long millis) {
        switch (key) {
            case UP -> move(-1);
            case DOWN -> move(1);
            case PAGE_UP -> move(-height);
            case PAGE_DOWN -> move(height);
            case HOME -> move(-total);
            case END -> move(total);
            case OPEN -> open(true);
            case CLOSE -> close(millis);
            case SORT -> {
                order = RowOrder.values()[(order.ordinal() + 1) % RowOrder.values().length];
                descending = order != RowOrder.NAME;
                view.sort(order, descending);
            }
            case REVERSE -> {
                descending = !descending;
                view.sort(order, descending);
            }
            case SHOW_ALL -> filter("");
            case PAUSE -> pause();
            case QUIT -> {
                return false;
            }
            default -> {}
        }
        return true;
    }

    /** Holds the screen as it is, but for its last line. */
    private void pause() {
        paused = !paused;
        if (paused && !held.isEmpty()) {
            List<String> lines = new ArrayList<>(held);
            lines.set(lines.size() - 1, PAUSED);
            held = List.copyOf(lines);
        }
    }

    private void move(int by) {
        selected = Math.max(0, Math.min(total - 1, selected + by));
        if (selected < first) {
            first = selected;
        } else if (selected >= first + height) {
            first = selected - height + 1;
        }
    }

    private TreeView.@Nullable Row selectedRow() {
        int index = selected - first;
        return index >= 0 && index < rows.size() ? rows.get(index) : null;
    }

    private void open(boolean opened) {
        TreeView.Row row = selectedRow();
        if (row != null && row.children() > 0 && opened != row.open()) {
            if (opened) {
                view.open(row.node(), false);
            } else {
                view.close(row.node(), false);
            }
        }
    }

    /** An open row is closed; from any other the selection goes to the row above it in the tree. */
    private void close(long millis) {
        TreeView.Row row = selectedRow();
        if (row == null) {
            return;
        }
        if (row.open()) {
            open(false);
        } else if (row.node().parent() != null && !row.node().parent().isRoot()) {
            int above = view.reveal(row.node().parent(), millis);
            if (above >= 0) {
                move(above - selected);
            }
        }
    }

    /** The lines of a screen of this size; the first ones are the head, the last the selected topic. */
    public List<String> lines(int columns, int count, long millis) {
        if (paused && held.size() == count) {
            return held;
        }
        height = Math.max(1, count - 5);
        List<String> lines = new ArrayList<>();
        head(lines, millis);
        TreeView.Rows window = view.rows(first, height, millis);
        total = window.total();
        first = window.first();
        rows = window.rows();
        move(0);
        int topic = Math.max(NARROWEST_TOPIC, Math.min(60, (columns - COLUMNS_BESIDE_TOPIC) * 2 / 3));
        lines.add(String.format(
                Locale.ROOT,
                "  %s %9s %10s %10s  %s",
                padded("TOPIC", topic),
                "MSG/S",
                "BYTES/S",
                "MESSAGES",
                "PAYLOAD"));
        List<String> advice = rows.isEmpty() ? advice() : List.of();
        for (int i = 0; i < height; i++) {
            lines.add(
                    i < rows.size()
                            ? row(rows.get(i), first + i == selected, topic)
                            : i < advice.size() ? "  " + advice.get(i) : "");
        }
        lines.add(details());
        lines.add(paused ? PAUSED : "arrows  s sort  r reverse  / filter  Space pause  q quit");
        held = lines.stream().map(line -> cut(line, columns)).toList();
        return held;
    }

    private void head(List<String> lines, long millis) {
        TopicTree tree = source.tree();
        TreeView.Sums sums;
        Dropped dropped;
        tree.lock().lock();
        try {
            sums = TreeView.sums(tree.root(), millis);
            dropped = tree.dropped();
        } finally {
            tree.lock().unlock();
        }
        Source.Info info = source.info();
        lines.add(String.format(
                Locale.ROOT,
                "%s  %s   %d topics  %s msg/s  %s/s   sorted by %s%s%s",
                Printable.line(info.address()),
                info.state().label(),
                sums.topics(),
                rate(sums.rate()),
                bytes(sums.byteRate()),
                order.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                descending ? " ↓" : " ↑",
                filter.isEmpty() ? "" : "   filter " + Printable.line(filter)));
        Problem problem = info.problem();
        lines.add(
                problem != null
                        ? "! " + Printable.line(problem.text())
                                + (problem.advice().isEmpty()
                                        ? ""
                                        : ": " + Printable.line(problem.advice().get(0)))
                        : dropped.topics() + dropped.payloads() == 0
                                ? ""
                                : "beyond --memory: " + dropped.topics() + " topics and " + dropped.payloads()
                                        + " payloads dropped");
    }

    /** What to try when there is no connection. */
    private List<String> advice() {
        Problem problem = source.info().problem();
        return problem == null
                ? List.of()
                : problem.advice().stream().map(Printable::line).toList();
    }

    private String row(TreeView.Row row, boolean isSelected, int width) {
        String sign = row.children() == 0 ? "  " : row.open() ? "▾ " : "▸ ";
        String name = row.node().name().isEmpty()
                ? "(empty)"
                : Printable.line(row.node().name());
        String indented = "  ".repeat(Math.min(row.depth(), width / 4)) + sign + name;
        TreeView.Own own = row.own();
        String payload = own == null ? row.sums().topics() + " topics" : preview(own.last());
        return String.format(
                Locale.ROOT,
                "%s %s %9s %10s %10d  %s",
                isSelected ? ">" : " ",
                padded(indented, width),
                rate(row.sums().rate()),
                bytes(row.sums().byteRate()),
                row.sums().count(),
                payload);
    }

    private String preview(StoredMessage last) {
        TopicTree tree = source.tree();
        Decoding.Preview preview =
                decoding.preview(last.message().topic(), last.message().payload(), topic -> {
                    tree.lock().lock();
                    try {
                        var node = tree.topic(topic);
                        StoredMessage found = node == null ? null : node.last();
                        return found == null ? null : found.message().payload();
                    } finally {
                        tree.lock().unlock();
                    }
                });
        return Printable.line(preview.text());
    }

    private String details() {
        TreeView.Row row = selectedRow();
        TreeView.Own own = row == null ? null : row.own();
        if (own == null) {
            return "";
        }
        StoredMessage last = own.last();
        return TIME.format(Instant.ofEpochMilli(last.time()).atZone(ZoneId.systemDefault()))
                + " " + Printable.line(last.message().topic())
                + " QoS " + last.message().qos().level()
                + (own.retained() ? " retained " : " ")
                + last.payloadLength() + " bytes: " + preview(last);
    }

    private static String rate(float rate) {
        return rate < 0.05 ? "0" : String.format(Locale.ROOT, rate < 100 ? "%.1f" : "%.0f", rate);
    }

    private static String bytes(float bytes) {
        if (bytes < 1_000) {
            return String.format(Locale.ROOT, "%.0f B", bytes);
        }
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1_000)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1_000_000);
    }

    private static String padded(String text, int width) {
        String fitting = cut(text, width);
        return fitting + " ".repeat(width - fitting.length());
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }
}
