package io.godwit.web.page;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.analysis.Numbers;
import io.godwit.web.analysis.Series;
import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.Decoding;
import io.godwit.web.json.Json;
import io.godwit.web.model.Dropped;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.model.TreeView;
import io.godwit.web.model.ValueHistory;
import io.godwit.web.source.LiveBroker;
import io.godwit.web.source.RecordingFile;
import io.godwit.web.source.RecordingSource;
import io.godwit.web.source.Source;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the updates of one page: the parts of its view that have changed since the last one. For one thread at a time. */
final class Updates {
    private static final int LONGEST_NAME = 300;
    private static final int LONGEST_TOPIC = 4_096;
    private static final int MOST_PREVIEWS = 2_000;
    private static final int MOST_POINTS = 500;
    private static final int MOST_SYS = 300;
    private static final int MOST_PATH = 250;
    private static final long STATUS_MILLIS = 1_000;

    // Set once.
    private final Workspace workspace;
    private final Values values;

    // Session's thread only.
    private final Map<String, TreeView> views = new HashMap<>();
    private final Map<String, String> lastParts = new HashMap<>();
    private final Map<String, Long> lastPoints = new HashMap<>();
    private final Map<StoredMessage, Decoding.Preview> previews = new LinkedHashMap<>();
    private ViewSpec view = ViewSpec.NOTHING;
    private Decoding decoding;
    private long lastLogged;
    private long lastStatus;

    Updates(Workspace workspace, Values values) {
        this.workspace = workspace;
        this.values = values;
        this.decoding = workspace.decoding();
    }

    /** The page shows something else now; everything of it is sent with the next update. */
    void view(ViewSpec newView) {
        boolean sameLog =
                view.log() != null && newView.log() != null && view.broker().equals(newView.broker());
        if (!sameLog) {
            Source source = workspace.sources().get(newView.broker());
            lastLogged = source == null ? 0 : lastMessage(source.tree());
        }
        view = newView;
        lastParts.clear();
        for (ViewSpec.Chart chart : newView.charts()) {
            Source source = workspace.sources().get(chart.broker());
            if (source != null && chart.since() == null) {
                lastPoints.putIfAbsent(chart.key(), lastMessage(source.tree()));
            }
        }
        lastPoints
                .keySet()
                .removeIf(key ->
                        newView.charts().stream().noneMatch(each -> each.key().equals(key)));
    }

    private static long lastMessage(TopicTree tree) {
        tree.lock().lock();
        try {
            return tree.lastMessage();
        } finally {
            tree.lock().unlock();
        }
    }

    /** The view of a broker's tree: what is open in it stays while the page shows others. */
    TreeView treeView(String broker, Source source) {
        TreeView known = views.get(broker);
        if (known == null || known.tree() != source.tree()) {
            known = new TreeView(source.tree());
            views.put(broker, known);
        }
        return known;
    }

    /** The update that is due now; null if nothing has changed. */
    @Nullable
    String next() {
        long now = workspace.sources().now();
        if (decoding != workspace.decoding()) {
            decoding = workspace.decoding();
            previews.clear();
            lastParts.clear();
        }
        boolean[] any = {false};
        String update = Json.object(json -> {
            json.writeStringField("type", "update");
            json.writeNumberField("at", now);
            json.writeStringField("broker", view.broker());
            if (now - lastStatus >= STATUS_MILLIS) {
                lastStatus = now;
                any[0] |= part("status", array(each -> status(now, each)), json);
            }
            Source source = workspace.sources().get(view.broker());
            if (source != null) {
                any[0] |= parts(source, now, json);
            }
            any[0] |= charts(json);
        });
        return any[0] ? update : null;
    }

    private boolean parts(Source source, long now, JsonGenerator json) throws IOException {
        boolean any = false;
        ViewSpec.Window window = view.tree();
        if (window != null) {
            any = part("tree", object(each -> tree(source, window, now, each)), json);
        }
        ViewSpec.Details details = view.node();
        if (details != null) {
            any |= node(source, details, now, json);
        }
        ViewSpec.Log log = view.log();
        if (log != null) {
            any |= log(source.tree(), log, json);
        }
        if (view.sys()) {
            any |= part("sys", array(each -> sys(source.tree(), each)), json);
        }
        return any;
    }

    /** Writes a part unless it is as it was. */
    private boolean part(String name, String text, JsonGenerator json) throws IOException {
        if (text.equals(lastParts.put(name, text))) {
            return false;
        }
        json.writeFieldName(name);
        json.writeRawValue(text);
        return true;
    }

    private static String object(Json.Members members) {
        return Json.object(members);
    }

    private static String array(Json.Members elements) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartArray();
            elements.write(json);
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string takes everything
        }
        return text.toString();
    }

    // ---- status ----

    private void status(long now, JsonGenerator json) throws IOException {
        for (Map.Entry<String, Source> each : workspace.sources().all().entrySet()) {
            Source source = each.getValue();
            TopicTree tree = source.tree();
            TreeView.Sums sums;
            Dropped dropped;
            long used;
            long kept;
            tree.lock().lock();
            try {
                sums = TreeView.sums(tree.root(), now);
                dropped = tree.dropped();
                used = tree.used();
                kept = tree.kept();
            } finally {
                tree.lock().unlock();
            }
            json.writeStartObject();
            json.writeStringField("broker", each.getKey());
            json.writeStringField("state", source.info().state().label());
            json.writeNumberField("topics", sums.topics());
            json.writeNumberField("messages", sums.count());
            sums(sums, json);
            json.writeNumberField("memory", used);
            json.writeNumberField("history", kept);
            json.writeObjectFieldStart("dropped");
            json.writeNumberField("topics", dropped.topics());
            json.writeNumberField("values", dropped.values());
            json.writeNumberField("payloads", dropped.payloads());
            json.writeEndObject();
            if (source instanceof RecordingSource recording) {
                json.writeNumberField("position", recording.position());
                json.writeNumberField("speed", recording.speed());
            }
            if (source instanceof LiveBroker broker) {
                recording(broker, json);
            }
            json.writeEndObject();
        }
    }

    private void recording(LiveBroker broker, JsonGenerator json) throws IOException {
        RecordingFile file = broker.recording();
        if (file != null) {
            json.writeObjectFieldStart("recording");
            json.writeStringField("recording", workspace.idOf(file));
            json.writeNumberField("messages", file.messages());
            json.writeNumberField("bytes", file.bytes());
            json.writeEndObject();
        }
    }

    private static void sums(TreeView.Sums sums, JsonGenerator json) throws IOException {
        json.writeNumberField("bytes", sums.bytes());
        json.writeNumberField("rate", rounded(sums.rate()));
        json.writeNumberField("byteRate", rounded(sums.byteRate()));
    }

    private static double rounded(float rate) {
        return rate < 0.05 ? 0 : Math.round(rate * 10) / 10.0;
    }

    // ---- tree ----

    private void tree(Source source, ViewSpec.Window window, long now, JsonGenerator json) throws IOException {
        TreeView tree = treeView(view.broker(), source);
        tree.sort(window.order(), window.descending());
        tree.filter(window.filter());
        TreeView.Rows rows = tree.rows(window.first(), window.count(), now);
        json.writeNumberField("total", rows.total());
        json.writeNumberField("first", rows.first());
        if (tree.matches() >= 0) {
            json.writeNumberField("matches", tree.matches());
        }
        json.writeArrayFieldStart("rows");
        for (TreeView.Row row : rows.rows()) {
            row(source.tree(), row, tree.matches() >= 0, json);
        }
        json.writeEndArray();
    }

    private void row(TopicTree tree, TreeView.Row row, boolean filtered, JsonGenerator json) throws IOException {
        String name = row.node().name();
        json.writeStartObject();
        json.writeNumberField("id", row.node().id());
        json.writeNumberField("depth", row.depth());
        json.writeStringField("name", Values.cut(name, LONGEST_NAME));
        if (name.length() > LONGEST_NAME) {
            json.writeNumberField("nameLength", name.length());
        }
        json.writeNumberField("children", row.children());
        json.writeBooleanField("open", row.open());
        json.writeNumberField("topics", row.sums().topics());
        json.writeNumberField("count", row.sums().count());
        sums(row.sums(), json);
        TreeView.Own own = row.own();
        if (own != null) {
            StoredMessage last = own.last();
            Decoding.Preview preview = preview(tree, last);
            json.writeObjectFieldStart("own");
            json.writeNumberField("value", last.id());
            json.writeNumberField("at", last.time());
            json.writeNumberField("bytes", last.payloadLength());
            json.writeNumberField("qos", last.message().qos().level());
            json.writeBooleanField("retained", own.retained());
            json.writeStringField("text", preview.text());
            json.writeStringField("decoder", preview.decoder().label());
            Double number = Numbers.parse(preview.text());
            if (number != null) {
                json.writeNumberField("number", number);
            }
            json.writeEndObject();
        }
        if (filtered) {
            json.writeBooleanField("match", row.match());
        }
        json.writeEndObject();
    }

    private Decoding.Preview preview(TopicTree tree, StoredMessage message) {
        Decoding.Preview known = previews.get(message);
        if (known == null) {
            known = values.preview(tree, message.message());
            previews.put(message, known);
            if (previews.size() > MOST_PREVIEWS) {
                previews.remove(previews.keySet().iterator().next());
            }
        }
        return known;
    }

    // ---- node ----

    private boolean node(Source source, ViewSpec.Details details, long now, JsonGenerator json) throws IOException {
        TopicTree tree = source.tree();
        StoredMessage shown = null;
        boolean lost = false;
        String head;
        tree.lock().lock();
        try {
            TopicNode node = tree.node(details.node());
            if (node != null) {
                ValueHistory history = node.history();
                Long asked = details.value();
                shown = history == null ? null : asked == null ? history.last() : history.find(asked);
                lost = asked != null && shown == null;
            }
            boolean isLost = lost;
            head = object(each -> {
                if (node == null) {
                    each.writeBooleanField("gone", true);
                    each.writeNumberField("id", details.node());
                } else {
                    head(node, now, each);
                    if (isLost) {
                        each.writeBooleanField("valueGone", true);
                    }
                }
            });
        } finally {
            tree.lock().unlock();
        }
        StoredMessage value = shown;
        String key = value == null ? "" : value.id() + " " + details.node();
        boolean newValue = !key.equals(lastParts.put("node.value", key)) && value != null;
        boolean newHead = !head.equals(lastParts.put("node", head));
        if (!newValue && !newHead) {
            return false;
        }
        json.writeFieldName("node");
        if (newValue && value != null) {
            StringWriter text = new StringWriter();
            try (JsonGenerator inner = Json.generator(text)) {
                values.valueWithPayload(tree, value, details.decoder(), inner);
            }
            json.writeRawValue(head.substring(0, head.length() - 1) + ",\"value\":" + text + "}");
        } else {
            json.writeRawValue(head);
        }
        return true;
    }

    /** With the tree's lock held. */
    private void head(TopicNode node, long now, JsonGenerator json) throws IOException {
        String topic = node.topic();
        TreeView.Sums sums = TreeView.sums(node, now);
        json.writeNumberField("id", node.id());
        json.writeStringField("topic", Values.cut(topic, LONGEST_TOPIC));
        json.writeNumberField("topicLength", topic.length());
        Deque<TopicNode> path = new ArrayDeque<>();
        for (TopicNode each = node; each != null && !each.isRoot() && path.size() < MOST_PATH; each = each.parent()) {
            path.push(each);
        }
        json.writeArrayFieldStart("path");
        for (TopicNode each : path) {
            json.writeStartArray();
            json.writeNumber(each.id());
            json.writeString(Values.cut(each.name(), LONGEST_NAME));
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeNumberField("children", node.childCount());
        json.writeNumberField("topics", sums.topics());
        json.writeNumberField("count", sums.count());
        json.writeNumberField("ownCount", node.ownCount());
        sums(sums, json);
        json.writeNumberField("first", node.first());
        json.writeNumberField("changed", node.changed());
        json.writeBooleanField("retained", node.isRetained());
        ValueHistory history = node.history();
        json.writeNumberField("kept", history == null ? 0 : history.size());
        json.writeNumberField("thinned", history == null ? 0 : node.ownCount() - history.size());
        DecodeRule rule = decoding.rule(topic);
        if (rule != null) {
            json.writeObjectFieldStart("rule");
            Infos.rule(rule, json);
            json.writeEndObject();
        }
    }

    // ---- charts ----

    private boolean charts(JsonGenerator json) throws IOException {
        boolean any = false;
        for (ViewSpec.Chart chart : view.charts()) {
            Source source = workspace.sources().get(chart.broker());
            List<Series.Point> points = source == null ? List.of() : points(source.tree(), chart);
            if (points.isEmpty()) {
                continue;
            }
            if (!any) {
                json.writeArrayFieldStart("charts");
                any = true;
            }
            json.writeStartObject();
            json.writeStringField("key", chart.key());
            HistoryRequests.points(points, json);
            json.writeBooleanField("reset", false);
            json.writeEndObject();
        }
        if (any) {
            json.writeEndArray();
        }
        return any;
    }

    private List<Series.Point> points(TopicTree tree, ViewSpec.Chart chart) {
        List<StoredMessage> fresh = new ArrayList<>();
        tree.lock().lock();
        try {
            TopicNode node = tree.node(chart.node());
            ValueHistory history = node == null ? null : node.history();
            if (history == null) {
                return List.of();
            }
            Long last = lastPoints.get(chart.key());
            Long since = chart.since();
            int first = last == null ? Math.max(0, history.size() - MOST_POINTS) : history.indexOf(last + 1);
            for (int i = Math.max(first, history.size() - MOST_POINTS); i < history.size(); i++) {
                StoredMessage value = history.get(i);
                if (last != null || since == null || value.time() > since) {
                    fresh.add(value);
                }
            }
            lastPoints.put(chart.key(), tree.lastMessage());
        } finally {
            tree.lock().unlock();
        }
        return fresh.stream()
                .map(value -> new Series.Point(
                        value.time(), Numbers.at(values.decode(tree, value.message(), null), chart.path())))
                .toList();
    }

    // ---- log, $SYS ----

    private boolean log(TopicTree tree, ViewSpec.Log log, JsonGenerator json) throws IOException {
        List<StoredMessage> fresh;
        long found;
        tree.lock().lock();
        try {
            TopicNode node = tree.node(log.node());
            if (node == null) {
                return false;
            }
            List<StoredMessage> all = tree.recent(lastLogged, node, log.below(), Integer.MAX_VALUE);
            found = all.size();
            if (log.node() == 0 && log.below()) {
                found = tree.lastMessage() - lastLogged;
            }
            lastLogged = tree.lastMessage();
            fresh = all.subList(Math.max(0, all.size() - log.count()), all.size());
        } finally {
            tree.lock().unlock();
        }
        if (fresh.isEmpty()) {
            return false;
        }
        json.writeObjectFieldStart("log");
        json.writeArrayFieldStart("values");
        for (StoredMessage value : fresh) {
            json.writeStartObject();
            values.value(tree, value, true, json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("skipped", found - fresh.size());
        json.writeEndObject();
        return true;
    }

    private void sys(TopicTree tree, JsonGenerator json) throws IOException {
        List<StoredMessage> found = new ArrayList<>();
        tree.lock().lock();
        try {
            Deque<TopicNode> todo = new ArrayDeque<>();
            for (TopicNode child : tree.root().children()) {
                if (child.name().equals("$SYS")) {
                    todo.add(child);
                }
            }
            while (!todo.isEmpty() && found.size() < MOST_SYS) {
                TopicNode node = todo.pop();
                StoredMessage last = node.last();
                if (last != null) {
                    found.add(last);
                }
                todo.addAll(node.children());
            }
        } finally {
            tree.lock().unlock();
        }
        found.sort((a, b) -> a.message().topic().compareTo(b.message().topic()));
        for (StoredMessage last : found) {
            String text = preview(tree, last).text();
            json.writeStartObject();
            json.writeNumberField("node", last.nodeId());
            json.writeStringField("topic", last.message().topic());
            json.writeStringField("text", text);
            Double number = leading(text);
            if (number != null) {
                json.writeNumberField("number", number);
            }
            json.writeNumberField("at", last.time());
            json.writeEndObject();
        }
    }

    /** The number at the beginning, as in "81 seconds". */
    private static @Nullable Double leading(String text) {
        int blank = text.indexOf(' ');
        return Numbers.parse(blank < 0 ? text : text.substring(0, blank));
    }
}
