package io.godwit.web.page;

import io.godwit.web.analysis.HistoryCsv;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.model.ValueHistory;
import io.godwit.web.recording.RecordedMessage;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** Writes kept messages into temporary files, for downloads. Worker threads. */
public final class Exports {
    private final Values values;

    /**
     * Which messages.
     *
     * @param from the earliest time, in milliseconds since 1970
     * @param to the latest time
     */
    public record Wanted(long node, boolean below, long from, long to) {}

    public Exports(Workspace workspace) {
        this.values = new Values(workspace);
    }

    /** A table, with a column for each path. */
    public Path csv(TopicTree tree, Wanted wanted, List<String> paths) throws IOException {
        HistoryCsv csv = new HistoryCsv(paths);
        return file(".csv", out -> {
            out.write(csv.header());
            for (StoredMessage value : messages(tree, wanted)) {
                out.write(csv.line(value, () -> values.decode(tree, value.message(), null)));
            }
        });
    }

    /** A recording, in the form of {@code godwit record}. */
    public Path recording(TopicTree tree, Wanted wanted) throws IOException {
        return file(".jsonl", out -> {
            List<StoredMessage> messages = messages(tree, wanted);
            long start = messages.isEmpty() ? 0 : messages.get(0).time();
            for (StoredMessage value : messages) {
                Duration at = Duration.ofMillis(Math.max(0, value.time() - start));
                out.write(new RecordedMessage(at, Instant.ofEpochMilli(value.time()), value.message()).toJson());
                out.write("\n");
            }
        });
    }

    /** In the order of their arrival; those whose payload was not kept are left out. */
    private static List<StoredMessage> messages(TopicTree tree, Wanted wanted) {
        List<StoredMessage> found = new ArrayList<>();
        tree.lock().lock();
        try {
            Deque<TopicNode> todo = new ArrayDeque<>();
            TopicNode top = tree.node(wanted.node());
            if (top == null) {
                throw new IllegalArgumentException("this topic is no longer kept");
            }
            todo.add(top);
            while (!todo.isEmpty()) {
                TopicNode node = todo.pop();
                ValueHistory history = node.history();
                if (history != null) {
                    history.toList().stream()
                            .filter(value -> value.time() >= wanted.from() && value.time() <= wanted.to())
                            .filter(value -> !value.isPayloadDropped())
                            .forEach(found::add);
                }
                if (wanted.below()) {
                    todo.addAll(node.children());
                }
            }
        } finally {
            tree.lock().unlock();
        }
        found.sort(Comparator.comparingLong(StoredMessage::id));
        return found;
    }

    private interface Content {
        void write(Writer out) throws IOException;
    }

    private static Path file(String suffix, Content content) throws IOException {
        Path file = Files.createTempFile("godwit-web-", suffix);
        try (Writer out = Files.newBufferedWriter(file)) {
            content.write(out);
            return file;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }
}
