package io.godwit.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * One axis of a plot: which values it spans, evenly or by their logarithm, and where its marks are.
 *
 * @param title what is on it, with the unit
 * @param low the value at its beginning; above 0 when logarithmic
 * @param high the value at its end, above {@code low}
 */
public record Axis(String title, boolean logarithmic, double low, double high, List<Mark> marks) {
    private static final int MARKS = 5;

    /** A value with its label. */
    public record Mark(double value, String label) {}

    /** From 0 to a round value that is at least {@code most}. */
    public static Axis even(String title, double most, DoubleFunction<String> label) {
        double step = roundUp(Math.max(most, 1e-9) / MARKS);
        List<Mark> marks = new ArrayList<>();
        int count = (int) Math.max(1, Math.ceil(most / step - 1e-9));
        for (int i = 0; i <= count; i++) {
            marks.add(new Mark(i * step, label.apply(i * step)));
        }
        return new Axis(title, false, 0, count * step, marks);
    }

    /** From 0 to exactly {@code most}, with marks at round values: for time. */
    public static Axis span(String title, double most, DoubleFunction<String> label) {
        Axis round = even(title, most, label);
        List<Mark> marks =
                round.marks.stream().filter(mark -> mark.value <= most).toList();
        return new Axis(title, false, 0, Math.max(most, 1e-9), marks);
    }

    /** By the logarithm, over all values between; with 1, 2 and 5 of each power of ten where there is room. */
    public static Axis logarithmic(String title, double least, double most, DoubleFunction<String> label) {
        double low = Math.max(least, 1e-12);
        double high = Math.max(most, low * 1.5);
        double decades = Math.log10(high / low);
        double[] digits = decades > 2.2 ? new double[] {1} : new double[] {1, 2, 5};
        List<Mark> marks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
            for (double digit : digits) {
                double value = digit * Math.pow(10, power);
                if (value >= low * 0.999 && value <= high * 1.001) {
                    marks.add(new Mark(value, label.apply(value)));
                }
            }
        }
        return new Axis(title, true, low, high, marks);
    }

    /**
     * Percentiles, so that each further nine takes the same room.
     *
     * @param count how many values there are; the axis ends where one of them is left
     */
    public static Axis percentiles(String title, long count) {
        double high = Math.max(count, 20);
        List<Mark> marks = new ArrayList<>(List.of(new Mark(1, "0"), new Mark(2, "50")));
        String label = "90";
        for (double value = 10; value <= high; value *= 10) {
            marks.add(new Mark(value, label));
            label = label.equals("90") ? "99" : label.equals("99") ? "99.9" : label + "9";
        }
        return new Axis(title, true, 1, high, marks);
    }

    /** Where a percentile lies on {@link #percentiles}. */
    public static double ofPercentile(double percentile, double most) {
        return percentile >= 100 ? most : Math.min(most, 1 / (1 - percentile / 100));
    }

    /** Where a value lies, 0 for the beginning of the axis and 1 for its end; values outside are moved to them. */
    public double place(double value) {
        double inside = Math.max(low, Math.min(high, value));
        return logarithmic ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
    }

    private static double roundUp(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        for (double digit : new double[] {1, 2, 5}) {
            if (step <= digit * power * (1 + 1e-9)) {
                return digit * power;
            }
        }
        return 10 * power;
    }
}
