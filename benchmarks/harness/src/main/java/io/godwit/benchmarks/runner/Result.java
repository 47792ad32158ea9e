package io.godwit.benchmarks.runner;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The figures of one run, as the worker printed them. */
record Result(Map<String, Double> figures) {

    private static final double MILLION = 1e6;

    /** Reads {@code result key=value ...}. */
    static Result parse(String line) {
        Map<String, Double> figures = new TreeMap<>();
        Arrays.stream(line.split(" ")).skip(1).forEach(word -> {
            int equals = word.indexOf('=');
            figures.put(word.substring(0, equals), Double.valueOf(word.substring(equals + 1)));
        });
        return new Result(figures);
    }

    double figure(String key) {
        return figures.getOrDefault(key, Double.NaN);
    }

    double perSecond() {
        return figure("count") / figure("seconds");
    }

    double cpuSecondsPerMillion() {
        return figure("cpu") / figure("count") * MILLION;
    }

    double bytesPerMessage() {
        return Math.max(0, figure("allocated") / figure("count"));
    }

    /** Share of one core that the process was busy. */
    double cores() {
        return figure("cpu") / figure("seconds");
    }

    double peerCores() {
        return figure("peerCpu") / figure("seconds");
    }

    static double median(List<Result> results, ToDoubleFunction<Result> figure) {
        double[] sorted = results.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
