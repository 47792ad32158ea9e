package io.godwit.web.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What differs between two payloads: by path if both are structured, by line if both are text, else by byte. */
public sealed interface Diff {
    /** More changes than these are left out. */
    int MOST = 2_000;

    /** Whether all changes are there. */
    boolean complete();

    /** Whether there is no difference. */
    boolean same();

    /** A changed scalar; {@code from} null: added; {@code to} null: removed. */
    record Change(
            String path, @Nullable String from, @Nullable String to) {}

    /** By path. */
    record Tree(List<Change> changes, boolean complete, boolean same) implements Diff {}

    /** Lines with {@code =}, {@code -} or {@code +} before them; {@code …} stands for equal lines. */
    record Text(List<Line> lines, boolean complete, boolean same) implements Diff {}

    /** A line of a text. */
    record Line(String sign, String text) {}

    /** By byte. */
    record Bytes(List<Range> ranges, boolean complete, boolean same) implements Diff {}

    /** Bytes that differ, in hexadecimal. */
    record Range(int offset, String from, String to) {}
}
