package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the text form of a {@link Signal}. */
final class SignalText {

    private static final String FORMS = "must be a number, constant 21.5, sine 18..25 period 1d, "
            + "walk 18..25 step 0.2 every 10s, or csv file.csv column 2 every 1m";

    private SignalText() {}

    static Signal parse(String text, Path folder, long seed) {
        String[] words = text.trim().split("\\s+");
        return switch (words[0]) {
            case "constant" -> {
                options(words, text, Set.of());
                yield Signal.constant(number(word(words, 1, text), text));
            }
            case "sine" -> {
                double[] range = range(word(words, 1, text), text);
                Map<String, String> options = options(words, text, Set.of("period"));
                yield Signal.sine(range[0], range[1], Durations.seconds(options.getOrDefault("period", "1m")));
            }
            case "walk" -> {
                double[] range = range(word(words, 1, text), text);
                Map<String, String> options = options(words, text, Set.of("step", "every"));
                String step = options.get("step");
                yield Signal.walk(
                        range[0],
                        range[1],
                        step == null ? (range[1] - range[0]) / 20 : number(step, text),
                        Durations.seconds(options.getOrDefault("every", "1s")),
                        seed ^ text.hashCode());
            }
            case "csv" -> {
                Path file = folder.resolve(word(words, 1, text));
                Map<String, String> options = options(words, text, Set.of("column", "every"));
                yield Signal.recorded(
                        column(file, (int) number(options.getOrDefault("column", "1"), text)),
                        Durations.seconds(options.getOrDefault("every", "1s")));
            }
            default -> {
                if (words.length > 1) {
                    throw invalid(text);
                }
                yield Signal.constant(number(words[0], text));
            }
        };
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("invalid signal '" + text + "': " + FORMS);
    }

    private static String word(String[] words, int index, String text) {
        if (index >= words.length) {
            throw invalid(text);
        }
        return words[index];
    }

    private static double number(String word, String text) {
        try {
            double number = Double.parseDouble(word);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("invalid signal '" + text + "': " + FORMS, e);
        }
        throw invalid(text);
    }

    /** Pairs of name and value after the first two words. */
    private static Map<String, String> options(String[] words, String text, Set<String> known) {
        Map<String, String> options = new HashMap<>();
        for (int i = 2; i < words.length; i += 2) {
            if (!known.contains(words[i]) || i + 1 == words.length || options.put(words[i], words[i + 1]) != null) {
                throw invalid(text);
            }
        }
        return options;
    }

    private static double[] range(String word, String text) {
        int dots = word.indexOf("..");
        if (dots < 0) {
            throw invalid(text);
        }
        double low = number(word.substring(0, dots), text);
        double high = number(word.substring(dots + 2), text);
        if (low > high) {
            throw new IllegalArgumentException(
                    "invalid range '" + word + "': the first number must be the smaller one");
        }
        return new double[] {low, high};
    }

    private static List<Double> column(Path file, int column) {
        List<Double> values = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] cells = line.split("[,;\t]", -1);
                if (column >= 1 && cells.length >= column) {
                    try {
                        values.add(Double.parseDouble(cells[column - 1].trim()));
                    } catch (NumberFormatException heading) {
                        // A heading, or a gap in the recording.
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no number in column " + column + " of " + file);
        }
        return values;
    }
}
