package io.godwit.web.analysis;

import io.godwit.web.analysis.Diff.Line;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The difference of two texts by lines, after Myers; texts that differ much are shown as all removed and all added. */
final class LineDiff {
    private static final int CONTEXT = 3;
    private static final int MOST_EDITS = 1_000;

    private LineDiff() {}

    static Diff of(String from, String to) {
        String[] a = from.split("\\R", -1);
        String[] b = to.split("\\R", -1);
        int start = 0;
        while (start < a.length && start < b.length && a[start].equals(b[start])) {
            start++;
        }
        int endOfA = a.length;
        int endOfB = b.length;
        while (endOfA > start && endOfB > start && a[endOfA - 1].equals(b[endOfB - 1])) {
            endOfA--;
            endOfB--;
        }
        List<Line> lines = new ArrayList<>();
        equal(a, 0, start, lines);
        changed(a, start, endOfA, b, start, endOfB, lines);
        equal(a, endOfA, a.length, lines);
        List<Line> shown = shortened(lines);
        boolean complete = shown.size() <= Diff.MOST;
        return new Diff.Text(
                complete ? shown : List.copyOf(shown.subList(0, Diff.MOST)),
                complete,
                start == a.length && start == b.length);
    }

    private static void equal(String[] lines, int from, int to, List<Line> out) {
        for (int i = from; i < to; i++) {
            out.add(new Line("=", lines[i]));
        }
    }

    private static void changed(String[] a, int fromA, int toA, String[] b, int fromB, int toB, List<Line> out) {
        List<int[]> traces = new ArrayList<>();
        int n = toA - fromA;
        int m = toB - fromB;
        int most = Math.min(n + m, MOST_EDITS);
        int[] furthest = new int[2 * most + 3];
        for (int edits = 0; edits <= most; edits++) {
            traces.add(furthest.clone());
            for (int k = -edits; k <= edits; k += 2) {
                int at = most + 1 + k;
                boolean down = k == -edits || k != edits && furthest[at - 1] < furthest[at + 1];
                int x = down ? furthest[at + 1] : furthest[at - 1] + 1;
                while (x < n && x - k < m && a[fromA + x].equals(b[fromB + x - k])) {
                    x++;
                }
                furthest[at] = x;
                if (x >= n && x - k >= m) {
                    out.addAll(walkBack(traces, most, edits, a, fromA, n, b, fromB, m));
                    return;
                }
            }
        }
        for (int i = fromA; i < toA; i++) {
            out.add(new Line("-", a[i]));
        }
        for (int i = fromB; i < toB; i++) {
            out.add(new Line("+", b[i]));
        }
    }

    private static List<Line> walkBack(
            List<int[]> traces, int most, int edits, String[] a, int fromA, int n, String[] b, int fromB, int m) {
        List<Line> reversed = new ArrayList<>();
        int x = n;
        int y = m;
        for (int d = edits; d >= 0; d--) {
            int[] furthest = traces.get(d);
            int k = x - y;
            int at = most + 1 + k;
            boolean down = k == -d || k != d && furthest[at - 1] < furthest[at + 1];
            int beforeK = down ? k + 1 : k - 1;
            int beforeX = d == 0 ? 0 : furthest[most + 1 + beforeK];
            int beforeY = d == 0 ? 0 : beforeX - beforeK;
            while (x > beforeX && y > beforeY) {
                reversed.add(new Line("=", a[fromA + --x]));
                y--;
            }
            if (d > 0 && down) {
                reversed.add(new Line("+", b[fromB + --y]));
            } else if (d > 0) {
                reversed.add(new Line("-", a[fromA + --x]));
            }
        }
        Collections.reverse(reversed);
        return reversed;
    }

    /** Leaves three equal lines around changes and replaces the others. */
    private static List<Line> shortened(List<Line> lines) {
        boolean[] kept = new boolean[lines.size()];
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).sign().equals("=")) {
                for (int j = Math.max(0, i - CONTEXT); j <= Math.min(lines.size() - 1, i + CONTEXT); j++) {
                    kept[j] = true;
                }
            }
        }
        List<Line> shown = new ArrayList<>();
        int hidden = 0;
        for (int i = 0; i <= lines.size(); i++) {
            if (i < lines.size() && !kept[i]) {
                hidden++;
                continue;
            }
            if (hidden > 0) {
                shown.add(new Line("…", hidden + (hidden == 1 ? " equal line" : " equal lines")));
                hidden = 0;
            }
            if (i < lines.size()) {
                shown.add(lines.get(i));
            }
        }
        return shown;
    }
}
