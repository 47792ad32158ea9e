package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a fake sensor measures over time. A signal belongs to one device and is asked on its thread with times that do
 * not go back.
 */
@FunctionalInterface
public interface Signal {

    /** The value {@code seconds} of device time after the device was made. */
    double at(double seconds);

    static Signal constant(double value) {
        return seconds -> value;
    }

    /** Swings between two values. */
    static Signal sine(double low, double high, double periodSeconds) {
        return seconds -> (low + high) / 2 + (high - low) / 2 * Math.sin(2 * Math.PI * seconds / periodSeconds);
    }

    /**
     * Starts in the middle of its range and moves by up to {@code step} every {@code everySeconds}, never leaving the
     * range; the same seed gives the same walk.
     */
    static Signal walk(double low, double high, double step, double everySeconds, long seed) {
        Random random = new Random(seed);
        return new Signal() {
            private long steps;
            private double value = (low + high) / 2;

            @Override
            public double at(double seconds) {
                for (long due = (long) (seconds / everySeconds); steps < due; steps++) {
                    value = Math.max(low, Math.min(high, value + (random.nextDouble() * 2 - 1) * step));
                }
                return value;
            }
        };
    }

    /** Plays values back, each for {@code everySeconds}, and starts over at the end. */
    static Signal recorded(List<Double> values, double everySeconds) {
        double[] samples = values.stream().mapToDouble(Double::doubleValue).toArray();
        if (samples.length == 0) {
            throw new IllegalArgumentException("a recorded signal needs at least one value");
        }
        return seconds -> samples[(int) ((long) (seconds / everySeconds) % samples.length)];
    }

    /**
     * Reads the text form of a scenario file: {@code 21.5}, {@code constant 21.5}, {@code sine 18..25 period 1d},
     * {@code walk 18..25 step 0.2 every 10s}, {@code csv temps.csv column 2 every 1m}.
     *
     * @param folder where a CSV file is looked for
     * @throws IllegalArgumentException with what was expected
     */
    static Signal parse(String text, Path folder, long seed) {
        String[] words = text.trim().split("\\s+");
        try {
            return switch (words[0]) {
                case "constant" -> constant(Double.parseDouble(words[1]));
                case "sine" -> {
                    double[] range = range(words[1]);
                    yield sine(range[0], range[1], Spans.seconds(option(words, "period", "1m")));
                }
                case "walk" -> {
                    double[] range = range(words[1]);
                    yield walk(
                            range[0],
                            range[1],
                            Double.parseDouble(option(words, "step", String.valueOf((range[1] - range[0]) / 20))),
                            Spans.seconds(option(words, "every", "1s")),
                            seed ^ text.hashCode());
                }
                case "csv" ->
                    recorded(
                            column(folder.resolve(words[1]), Integer.parseInt(option(words, "column", "1"))),
                            Spans.seconds(option(words, "every", "1s")));
                default -> constant(Double.parseDouble(words[0]));
            };
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the CSV file of '" + text + "': " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no signal; write a number, constant 21.5, sine 18..25 period 1d, "
                            + "walk 18..25 step 0.2 every 10s, or csv file.csv column 2 every 1m",
                    e);
        }
    }

    private static String option(String[] words, String name, String absent) {
        for (int i = 1; i < words.length - 1; i++) {
            if (words[i].equals(name)) {
                return words[i + 1];
            }
        }
        return absent;
    }

    private static double[] range(String text) {
        int dots = text.indexOf("..");
        double low = Double.parseDouble(text.substring(0, dots));
        double high = Double.parseDouble(text.substring(dots + 2));
        if (low > high) {
            throw new IllegalArgumentException(text);
        }
        return new double[] {low, high};
    }

    private static List<Double> column(Path file, int column) throws IOException {
        List<Double> values = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String[] cells = line.split("[,;\t]", -1);
            if (cells.length >= column) {
                try {
                    values.add(Double.parseDouble(cells[column - 1].trim()));
                } catch (NumberFormatException heading) {
                    // A heading, or a gap in the recording.
                }
            }
        }
        return values;
    }
}
