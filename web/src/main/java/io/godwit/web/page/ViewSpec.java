package io.godwit.web.page;

import io.godwit.web.decode.DecoderKind;
import io.godwit.web.model.RowFilter;
import io.godwit.web.model.RowOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a page shows, as its last {@code view} request said. */
record ViewSpec(
        String broker,
        @Nullable Window tree,
        @Nullable Details node,
        List<Chart> charts,
        @Nullable Log log,
        boolean sys) {
    private static final int MOST_ROWS = 500;
    private static final int MOST_LOG = 200;
    private static final int MOST_CHARTS = 50;

    static final ViewSpec NOTHING = new ViewSpec("", null, null, List.of(), null, false);

    /** A window of rows. */
    record Window(int first, int count, RowOrder order, boolean descending, RowFilter filter) {}

    /** A topic's details; {@code value} null: the last. */
    record Details(
            long node, @Nullable Long value, @Nullable DecoderKind decoder) {}

    /** A line of a chart. */
    record Chart(
            String key,
            String broker,
            long node,
            String path,
            @Nullable Long since) {}

    /** Messages as they arrive. */
    record Log(long node, boolean below, int count) {}

    static ViewSpec of(Request request) throws RequestException {
        String broker = request.text("broker");
        Request node = request.object("node");
        Request log = request.object("log");
        List<Chart> charts = new ArrayList<>();
        for (Request each : request.objects("charts")) {
            String of = each.textOr("broker", null);
            charts.add(new Chart(
                    each.text("key"),
                    of == null ? broker : of,
                    each.number("node"),
                    each.text("path"),
                    each.numberOr("since")));
        }
        if (charts.size() > MOST_CHARTS) {
            throw RequestException.invalid("at most " + MOST_CHARTS + " lines can be followed at once");
        }
        return new ViewSpec(
                broker,
                window(request.object("tree")),
                node == null ? null : new Details(node.number("node"), node.numberOr("value"), Places.decoder(node)),
                charts,
                log == null
                        ? null
                        : new Log(log.number("node"), log.flag("below"), log.within("count", 1, MOST_LOG, 100)),
                request.flag("sys"));
    }

    private static @Nullable Window window(@Nullable Request tree) throws RequestException {
        if (tree == null) {
            return null;
        }
        Request filter = tree.object("filter");
        String order = tree.textOr("sort", null);
        return new Window(
                tree.within("first", 0, Integer.MAX_VALUE, 0),
                tree.within("count", 0, MOST_ROWS, 50),
                order == null ? RowOrder.NAME : Places.checked(() -> RowOrder.of(order)),
                tree.flag("descending"),
                filter == null ? RowFilter.NONE : filter(filter));
    }

    private static RowFilter filter(Request filter) throws RequestException {
        String topic = filter.textOr("topic", null);
        String payload = filter.textOr("payload", null);
        return new RowFilter(
                topic == null ? "" : topic,
                payload == null ? "" : payload,
                filter.within("changedWithin", 0, 1_000_000, 0),
                filter.flag("retained"),
                filter.flag("matchCase"));
    }
}
