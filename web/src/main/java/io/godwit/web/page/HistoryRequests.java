package io.godwit.web.page;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.analysis.Diff;
import io.godwit.web.analysis.Differences;
import io.godwit.web.analysis.Numbers;
import io.godwit.web.analysis.Series;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.DecoderKind;
import io.godwit.web.json.Json;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.SubtreeHistory;
import io.godwit.web.model.TopicTree;
import io.godwit.web.model.ValueHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Answers what the page asks about values of the past. Worker threads. */
final class HistoryRequests {
    private static final int MOST_VALUES = 1_000;
    private static final int MOST_POINTS = 20_000;
    private static final int MOST_DECODED = 200_000;

    private final Places places;
    private final Values values;

    HistoryRequests(Places places, Values values) {
        this.places = places;
        this.values = values;
    }

    Json.Members history(Request request) throws RequestException {
        TopicTree tree = places.source(request).tree();
        int limit = request.within("limit", 1, MOST_VALUES, 100);
        Long before = request.numberOr("before");
        long end = before == null ? Long.MAX_VALUE : before;
        boolean below = request.flag("below");
        SubtreeHistory.Page page =
                places.look(tree, request.number("node"), node -> SubtreeHistory.newest(node, end, limit, below));
        return json -> {
            json.writeArrayFieldStart("values");
            for (StoredMessage value : page.values()) {
                json.writeStartObject();
                values.value(tree, value, below, json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeBooleanField("more", page.more());
            json.writeNumberField("kept", page.kept());
            json.writeNumberField("thinned", page.thinned());
        };
    }

    Json.Members value(Request request) throws RequestException {
        TopicTree tree = places.source(request).tree();
        StoredMessage value = places.value(tree, request.number("node"), request.numberOr("value"));
        DecoderKind decoder = Places.decoder(request);
        List<StoredMessage> around = places.look(tree, request.number("node"), node -> {
            ValueHistory history = node.history();
            List<StoredMessage> found = new ArrayList<>(Collections.nCopies(2, value));
            int index = history == null ? 0 : history.indexOf(value.id());
            if (history != null && index > 0) {
                found.set(0, history.get(index - 1));
            }
            if (history != null && index + 1 < history.size()) {
                found.set(1, history.get(index + 1));
            }
            return found;
        });
        return json -> {
            json.writeFieldName("value");
            values.valueWithPayload(tree, value, decoder, json);
            neighbour("previous", around.get(0), value, json);
            neighbour("next", around.get(1), value, json);
        };
    }

    private static void neighbour(String name, StoredMessage neighbour, StoredMessage value, JsonGenerator json)
            throws IOException {
        if (neighbour == value) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, neighbour.id());
        }
    }

    Json.Members diff(Request request) throws RequestException {
        TopicTree tree = places.source(request).tree();
        long node = request.number("node");
        StoredMessage to = places.value(tree, node, request.numberOr("to"));
        Long asked = request.numberOr("from");
        StoredMessage from = places.look(tree, node, found -> {
            ValueHistory history = found.history();
            int index = history == null ? 0 : asked == null ? history.indexOf(to.id()) - 1 : history.indexOf(asked);
            if (history == null || index < 0 || asked != null && history.find(asked) == null) {
                throw RequestException.gone("the message to compare with");
            }
            return history.get(index);
        });
        DecoderKind decoder = Places.decoder(request);
        Decoded before = values.decode(tree, from.message(), decoder);
        Decoded after = values.decode(tree, to.message(), decoder);
        Diff diff = Differences.of(
                before, from.message().payload(), after, to.message().payload());
        return json -> write(diff, json);
    }

    private static void write(Diff diff, JsonGenerator json) throws IOException {
        if (diff instanceof Diff.Tree tree) {
            json.writeStringField("form", "tree");
            json.writeArrayFieldStart("changes");
            for (Diff.Change change : tree.changes()) {
                json.writeStartObject();
                json.writeStringField("path", change.path());
                String kind = change.from() == null ? "added" : change.to() == null ? "removed" : "changed";
                json.writeStringField("kind", kind);
                if (change.from() != null) {
                    json.writeStringField("from", change.from());
                }
                if (change.to() != null) {
                    json.writeStringField("to", change.to());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        } else if (diff instanceof Diff.Text text) {
            json.writeStringField("form", "text");
            json.writeArrayFieldStart("lines");
            for (Diff.Line line : text.lines()) {
                json.writeArray(new String[] {line.sign(), line.text()}, 0, 2);
            }
            json.writeEndArray();
        } else if (diff instanceof Diff.Bytes bytes) {
            json.writeStringField("form", "bytes");
            json.writeArrayFieldStart("ranges");
            for (Diff.Range range : bytes.ranges()) {
                json.writeStartObject();
                json.writeNumberField("offset", range.offset());
                json.writeStringField("from", range.from());
                json.writeStringField("to", range.to());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeBooleanField("complete", diff.complete());
        json.writeBooleanField("same", diff.same());
    }

    Json.Members paths(Request request) throws RequestException {
        TopicTree tree = places.source(request).tree();
        StoredMessage last = places.value(tree, request.number("node"), null);
        List<Numbers.At> numbers = Numbers.of(values.decode(tree, last.message(), null));
        return json -> {
            json.writeArrayFieldStart("paths");
            for (Numbers.At each : numbers) {
                json.writeStartObject();
                json.writeStringField("path", each.path());
                json.writeNumberField("number", each.number());
                json.writeEndObject();
            }
            json.writeEndArray();
        };
    }

    Json.Members series(Request request) throws RequestException {
        TopicTree tree = places.source(request).tree();
        String path = request.text("path");
        Long from = request.numberOr("from");
        Long to = request.numberOr("to");
        List<StoredMessage> history = places.history(tree, request.number("node"));
        List<Series.Point> points = new ArrayList<>();
        long thinned = 0;
        // The newest ones if there are very many.
        int first = Math.max(0, history.size() - MOST_DECODED);
        for (StoredMessage value : history.subList(first, history.size())) {
            if ((from == null || value.time() >= from) && (to == null || value.time() <= to)) {
                points.add(
                        new Series.Point(value.time(), Numbers.at(values.decode(tree, value.message(), null), path)));
            }
        }
        tree.lock().lock();
        try {
            for (StoredMessage value : history) {
                thinned += value.skipped();
            }
        } finally {
            tree.lock().unlock();
        }
        List<Series.Point> reduced = Series.reduced(points, request.within("points", 10, MOST_POINTS, 2_000));
        long gone = thinned;
        return json -> {
            points(reduced, json);
            json.writeNumberField("thinned", gone);
            json.writeBooleanField("reduced", reduced.size() < points.size());
        };
    }

    static void points(List<Series.Point> points, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("points");
        for (Series.Point point : points) {
            json.writeStartArray();
            json.writeNumber(point.time());
            Double number = point.number();
            if (number == null) {
                json.writeNull();
            } else {
                json.writeNumber(number);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }
}
