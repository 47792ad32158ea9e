package io.godwit.web.analysis;

import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.Decoded.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Compares payloads. */
public final class Differences {
    private Differences() {}

    /** Compares two payloads. */
    public static Diff of(Decoded from, byte[] fromBytes, Decoded to, byte[] toBytes) {
        if (from.form() == Form.JSON && to.form() == Form.JSON) {
            return tree(from.text(), to.text());
        }
        if (from.form() != Form.HEX && to.form() != Form.HEX && from.form() != Form.IMAGE && to.form() != Form.IMAGE) {
            return LineDiff.of(from.text(), to.text());
        }
        return bytes(fromBytes, toBytes);
    }

    private static Diff tree(String from, String to) {
        Map<String, String> before = FlatJson.of(from, 200_000);
        Map<String, String> after = FlatJson.of(to, 200_000);
        List<Diff.Change> changes = new ArrayList<>();
        after.forEach((path, value) -> {
            String old = before.get(path);
            if (!value.equals(old)) {
                changes.add(new Diff.Change(path, old, value));
            }
        });
        before.forEach((path, value) -> {
            if (!after.containsKey(path)) {
                changes.add(new Diff.Change(path, value, null));
            }
        });
        boolean complete = changes.size() <= Diff.MOST;
        return new Diff.Tree(
                complete ? changes : List.copyOf(changes.subList(0, Diff.MOST)), complete, changes.isEmpty());
    }

    private static Diff bytes(byte[] from, byte[] to) {
        int widest = 256;
        List<Diff.Range> ranges = new ArrayList<>();
        int length = Math.max(from.length, to.length);
        boolean complete = true;
        int at = 0;
        while (at < length) {
            if (at < from.length && at < to.length && from[at] == to[at]) {
                at++;
                continue;
            }
            if (ranges.size() == Diff.MOST) {
                complete = false;
                break;
            }
            int end = at;
            while (end < length
                    && end - at < widest
                    && (end >= from.length || end >= to.length || from[end] != to[end])) {
                end++;
            }
            ranges.add(new Diff.Range(at, hex(from, at, end), hex(to, at, end)));
            at = end;
        }
        return new Diff.Bytes(ranges, complete, ranges.isEmpty());
    }

    private static String hex(byte[] bytes, int from, int to) {
        int end = Math.min(bytes.length, to);
        return from >= end ? "" : HexFormat.of().formatHex(Arrays.copyOfRange(bytes, from, end));
    }
}
