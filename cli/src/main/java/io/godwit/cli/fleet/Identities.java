package io.godwit.cli.fleet;

import io.godwit.cli.options.InputFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of a CSV file whose first line names the columns: one device each. Cells are separated by commas and may be in
 * double quotes.
 */
public final class Identities {

    private Identities() {}

    /**
     * Reads the rows.
     *
     * @throws IllegalArgumentException if the file cannot be read, or a row has more or fewer cells than there are columns
     */
    public static List<Map<String, String>> read(Path file) {
        List<Map<String, String>> rows = new ArrayList<>();
        List<String> columns = List.of();
        int number = 0;
        for (String line : InputFiles.lines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            List<String> cells = cells(line, file + ":" + number);
            if (columns.isEmpty()) {
                columns = cells;
                continue;
            }
            if (cells.size() != columns.size()) {
                throw new IllegalArgumentException(file + ":" + number + ": " + cells.size() + " cells instead of "
                        + columns.size() + ", which are " + String.join(", ", columns));
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                row.put(columns.get(i), cells.get(i));
            }
            rows.add(row);
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(file + ": must have a line of column names and a line for each device");
        }
        return rows;
    }

    private static List<String> cells(String line, String place) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char ch = line.charAt(i);
            if (ch == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (ch == '"') {
                quoted = !quoted;
            } else if (ch == ',' && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(ch);
            }
        }
        if (quoted) {
            throw new IllegalArgumentException(place + ": a double quote is not closed");
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
