package io.godwit.benchmarks.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table in Markdown that reads well in a terminal too. */
final class Table {

    private static final int NARROWEST = 3;

    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> header) {
        rows.add(header);
    }

    void add(List<String> row) {
        rows.add(row);
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    /** Three digits that mean something, or nothing where there is no figure. */
    static String cell(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(Math.max(widths[i], NARROWEST), row.get(i).length());
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < columns; i++) {
                out.append("| ").append(rows.get(r).get(i));
                out.append(" ".repeat(widths[i] - rows.get(r).get(i).length() + 1));
            }
            out.append("|\n");
            if (r == 0) {
                for (int width : widths) {
                    out.append("| ").append("-".repeat(width)).append(' ');
                }
                out.append("|\n");
            }
        }
        return out.append('\n').toString();
    }
}
