package io.godwit.nodemcu.lua.device;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * What a simulated sensor measures over time. A signal belongs to one device and is read on its thread with times that do
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
     * @throws IllegalArgumentException if the text is not a signal; the message says what was expected
     */
    static Signal parse(String text, Path folder, long seed) {
        return SignalText.parse(text, folder, seed);
    }
}
