package io.godwit.web.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.web.analysis.Diff.Change;
import io.godwit.web.analysis.Diff.Line;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.DecoderKind;
import io.godwit.web.decode.Decoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnalysisTest {
    @Test
    void structured_payloads_are_compared_by_path() {
        Diff diff = diff(DecoderKind.JSON, "{\"a\":1,\"b\":[1,2],\"c\":\"x\"}", "{\"a\":2,\"b\":[1,2,3],\"d\":{}}");

        assertThat(diff)
                .isEqualTo(new Diff.Tree(
                        List.of(
                                new Change("/a", "1", "2"),
                                new Change("/b/2", null, "3"),
                                new Change("/d", null, "{}"),
                                new Change("/c", "\"x\"", null)),
                        true,
                        false));
    }

    @Test
    void the_order_of_members_is_no_difference() {
        assertThat(diff(DecoderKind.JSON, "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}")
                        .same())
                .isTrue();
    }

    @Test
    void texts_are_compared_by_line() {
        String from = "1\n2\n3\n4\n5\nold\n7\n8";
        String to = "1\n2\n3\n4\n5\nnew\nmore\n7\n8";

        assertThat(diff(DecoderKind.TEXT, from, to))
                .isEqualTo(new Diff.Text(
                        List.of(
                                new Line("…", "2 equal lines"),
                                new Line("=", "3"),
                                new Line("=", "4"),
                                new Line("=", "5"),
                                new Line("-", "old"),
                                new Line("+", "new"),
                                new Line("+", "more"),
                                new Line("=", "7"),
                                new Line("=", "8")),
                        true,
                        false));
    }

    @Test
    void texts_that_have_nothing_in_common_are_compared_in_bounded_time() {
        String from = IntStream.range(0, 20_000).mapToObj(i -> "a" + i).collect(Collectors.joining("\n"));
        String to = IntStream.range(0, 20_000).mapToObj(i -> "b" + i).collect(Collectors.joining("\n"));

        Diff diff = diff(DecoderKind.TEXT, from, to);

        assertThat(diff.complete()).isFalse();
        assertThat(diff.same()).isFalse();
    }

    @Test
    void other_payloads_are_compared_by_byte() {
        byte[] from = {1, 2, 3, 4};
        byte[] to = {1, 9, 3};
        Decoding decoding = Decoding.usual();

        Diff diff = Differences.of(
                decoding.decode("a", from, DecoderKind.HEX, topic -> null),
                from,
                decoding.decode("a", to, DecoderKind.HEX, topic -> null),
                to);

        assertThat(diff)
                .isEqualTo(new Diff.Bytes(
                        List.of(new Diff.Range(1, "02", "09"), new Diff.Range(3, "04", "")), true, false));
    }

    @Test
    void numbers_are_found_by_path_with_booleans_and_texts_that_are_numbers() {
        Decoded decoded =
                decoded(DecoderKind.JSON, "{\"a/b\":{\"~\":1.5},\"on\":true,\"t\":\"7\",\"x\":\"1a\",\"n\":null}");

        assertThat(Numbers.of(decoded))
                .containsExactly(new Numbers.At("/a~1b/~0", 1.5), new Numbers.At("/on", 1), new Numbers.At("/t", 7));
        assertThat(Numbers.at(decoded, "/a~1b/~0")).isEqualTo(1.5);
        assertThat(Numbers.at(decoded, "/x")).isNull();
        assertThat(Numbers.at(decoded(DecoderKind.TEXT, " 21.5\n"), "")).isEqualTo(21.5);
    }

    @Test
    void a_reduced_series_keeps_the_peaks() {
        List<Series.Point> points = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            points.add(new Series.Point(i, i % 2 == 0 ? (Double) 1.0 : null));
        }

        points.set(5_555, new Series.Point(5_555, 99.0));

        List<Series.Point> reduced = Series.reduced(points, 100);

        assertThat(reduced).hasSizeLessThanOrEqualTo(100).contains(new Series.Point(5_555, 99.0));
        assertThat(reduced).isSortedAccordingTo((a, b) -> Long.compare(a.time(), b.time()));
        assertThat(Series.reduced(points.subList(0, 10), 100)).hasSize(10);
    }

    private static Diff diff(DecoderKind kind, String from, String to) {
        return Differences.of(
                decoded(kind, from),
                from.getBytes(StandardCharsets.UTF_8),
                decoded(kind, to),
                to.getBytes(StandardCharsets.UTF_8));
    }

    private static Decoded decoded(DecoderKind kind, String text) {
        return Decoding.usual().decode("a", text.getBytes(StandardCharsets.UTF_8), kind, topic -> null);
    }
}
