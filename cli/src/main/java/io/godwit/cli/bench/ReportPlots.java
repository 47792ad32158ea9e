package io.godwit.cli.bench;

import io.godwit.cli.bench.Timeline.Phase;
import io.godwit.cli.bench.Timeline.Sample;
import io.godwit.plot.Axis;
import io.godwit.plot.Plot;
import io.godwit.plot.Svg;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The plots of the HTML report. */
final class ReportPlots {
    /** The style of each latency, by its name. */
    private static final Map<String, String> STYLES =
            Map.of("end to end", "one", "acknowledgement", "two", "sent late", "three", "connect", "four");

    private final BenchResult result;
    private final StringBuilder html;
    private final List<Sample> samples;
    private final double seconds;

    ReportPlots(BenchResult result, StringBuilder html) {
        this.result = result;
        this.html = html;
        this.samples = result.history().samples();
        this.seconds = samples.isEmpty() ? 1 : samples.get(samples.size() - 1).seconds();
    }

    void write() {
        Map<String, Distribution> latencies = ReportRows.latencies(result);
        if (result.endToEnd().count() + result.acknowledgement().count() > 0) {
            latencies.remove("connect");
        }
        if (!latencies.isEmpty()) {
            percentiles(latencies);
            histogram(latencies);
        }
        if (result.plan().publishers() + result.plan().subscribers() > 0) {
            rates();
        }
        if (result.endToEnd().count() + result.acknowledgement().count() > 0) {
            latencyOverTime();
        }
        connections();
        processors();
    }

    // ---- latency ----

    private void percentiles(Map<String, Distribution> latencies) {
        long count = 0;
        long least = Long.MAX_VALUE;
        long most = 1;
        for (Map.Entry<String, Distribution> latency : latencies.entrySet()) {
            Distribution times = latency.getValue();
            if (!latency.getKey().equals("sent late")) { // it begins at nothing
                least = Math.min(least, Math.max(1_000, times.minimum()));
            }
            count = Math.max(count, times.count());
            most = Math.max(most, times.maximum());
        }
        Axis across = Axis.percentiles("percentile", count);
        Plot plot = new Plot(across, latencyAxis(least, most));
        latencies.forEach((name, times) -> plot.line(
                style(name),
                times.curve().stream()
                        .map(point -> new Plot.Point(
                                Axis.ofPercentile(point.percentile(), Math.min(across.high(), times.count())),
                                point.nanos()))
                        .toList()));
        int strips = 80;
        for (int i = 0; i < strips; i++) {
            double from = Math.pow(across.high(), i / (double) strips);
            double to = Math.pow(across.high(), (i + 1) / (double) strips);
            double percentile = 100 * (1 - 1 / Math.sqrt(from * to));
            StringBuilder tip = new StringBuilder("p" + percentile(percentile));
            latencies.forEach((name, times) ->
                    tip.append('\n').append(name).append(": ").append(Formats.time(at(times, percentile))));
            plot.tip(from, to, tip.toString());
        }
        figure("percentiles", "Latency by percentile", legend(latencies), plot);
    }

    private static long at(Distribution times, double percentile) {
        for (Distribution.Point point : times.curve()) {
            if (point.percentile() >= percentile) {
                return point.nanos();
            }
        }
        return times.maximum();
    }

    /** With as many digits as tell it from the next nine. */
    private static String percentile(double percentile) {
        int digits = (int) Math.max(0, Math.ceil(-Math.log10(1 - percentile / 100)) - 1);
        return String.format(Locale.ROOT, "%." + digits + "f", percentile);
    }

    private void histogram(Map<String, Distribution> latencies) {
        Map.Entry<String, Distribution> first = latencies.entrySet().iterator().next();
        String name = first.getKey();
        Distribution times = first.getValue();
        List<Distribution.Bucket> buckets = times.buckets();
        Axis across = latencyAxis(
                Math.max(1_000, buckets.get(0).first()),
                buckets.get(buckets.size() - 1).end());
        double most =
                buckets.stream().mapToLong(Distribution.Bucket::count).max().orElse(1);
        Plot plot = new Plot(across, Axis.even("share", 100 * most / times.count(), ReportPlots::percent));
        for (Distribution.Bucket bucket : buckets) {
            double share = 100.0 * bucket.count() / times.count();
            plot.bar(style(name), bucket.first(), bucket.end(), share);
            plot.tip(
                    bucket.first(),
                    bucket.end(),
                    Formats.time(bucket.first()) + " to " + Formats.time(bucket.end()) + "\n"
                            + Formats.count(bucket.count()) + " messages, "
                            + String.format(Locale.ROOT, "%.2f %%", share));
        }
        figure("histogram", "Histogram of latency, " + name, Map.of(), plot);
    }

    private static String percent(double value) {
        return (value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.1f", value))
                + " %";
    }

    private void latencyOverTime() {
        List<Sample> measured =
                samples.stream().filter(sample -> sample.maximum() > 0).toList();
        if (measured.isEmpty()) {
            return;
        }
        long least = measured.stream().mapToLong(Sample::p50).min().orElse(1);
        long most = measured.stream().mapToLong(Sample::maximum).max().orElse(1);
        Plot plot = overTime(latencyAxis(Math.max(1_000, least), most));
        plot.line("four", points(measured, Sample::maximum));
        plot.line("two", points(measured, Sample::p99));
        plot.line("one", points(measured, Sample::p50));
        tips(
                plot,
                sample -> sample.maximum() == 0
                        ? "nothing measured"
                        : "p50: " + Formats.time(sample.p50()) + "\np99: " + Formats.time(sample.p99()) + "\nmaximum: "
                                + Formats.time(sample.maximum()));
        Map<String, String> legend = new LinkedHashMap<>();
        legend.put("p50", "one");
        legend.put("p99", "two");
        legend.put("maximum", "four");
        String what = result.endToEnd().count() > 0 ? "end to end" : "acknowledgement";
        figure("latency-over-time", "Latency over time, " + what, legend, plot);
    }

    private static Axis latencyAxis(double least, double most) {
        return Axis.logarithmic("latency", least, most * 1.1, value -> Formats.time(Math.round(value)));
    }

    // ---- over time ----

    private void rates() {
        double most = 1;
        for (Sample sample : samples) {
            most = Math.max(most, Math.max(sample.sentPerSecond(), sample.receivedPerSecond()));
        }
        Plot plot = overTime(Axis.even("messages a second", most, ReportPlots::large));
        Map<String, String> legend = new LinkedHashMap<>();
        if (result.plan().publishers() > 0) {
            plot.line("two", points(samples, Sample::sentPerSecond));
            legend.put("published", "two");
        }
        if (result.plan().subscribers() > 0) {
            plot.line("one", points(samples, Sample::receivedPerSecond));
            legend.put("received", "one");
        }
        tips(
                plot,
                sample -> "published: " + Formats.rate(sample.sentPerSecond()) + "/s\nreceived: "
                        + Formats.rate(sample.receivedPerSecond()) + "/s\nin flight: "
                        + Formats.count(sample.inFlight()));
        figure("rates", "Rate over time", legend, plot);
    }

    private void connections() {
        List<Plot.Point> points = new ArrayList<>(List.of(new Plot.Point(0, 0)));
        points.addAll(points(samples, Sample::connections));
        Plot plot = overTime(
                Axis.even("connections", Math.max(1, result.connections().asked()), ReportPlots::large));
        plot.line("one", points);
        tips(
                plot,
                sample -> Formats.count(sample.connections()) + " connections\nproblems so far: "
                        + Formats.count(sample.problems()));
        figure("connections", "Connections over time", Map.of(), plot);
    }

    private void processors() {
        int cores = result.client().cores();
        Plot plot = overTime(Axis.even("cores", cores, ReportPlots::large));
        plot.line("three", points(samples, sample -> sample.machineLoad() * cores));
        plot.line("one", points(samples, Sample::coresUsed));
        tips(
                plot,
                sample -> String.format(
                        Locale.ROOT,
                        "this client: %.2f cores%nthe whole machine: %.2f of %d",
                        sample.coresUsed(),
                        sample.machineLoad() * cores,
                        cores));
        Map<String, String> legend = new LinkedHashMap<>();
        legend.put("this client", "one");
        legend.put("the whole machine", "three");
        figure("processors", "Processors over time", legend, plot);
    }

    /** A plot over the time of the run, with the part shaded that is measured. */
    private Plot overTime(Axis up) {
        Plot plot = new Plot(Axis.span("seconds", seconds, ReportPlots::large), up);
        Map<Phase, Double> begins = result.history().begins();
        Double from = begins.get(Phase.MEASURING);
        if (from != null) {
            double to = begins.getOrDefault(Phase.DRAINING, seconds);
            plot.shade(from, to).mark(from, "measured");
        }
        return plot;
    }

    private static List<Plot.Point> points(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream()
                .map(sample -> new Plot.Point(sample.seconds(), value.applyAsDouble(sample)))
                .toList();
    }

    private void tips(Plot plot, Function<Sample, String> text) {
        for (Sample sample : samples) {
            plot.tip(
                    sample.seconds() - sample.step(),
                    sample.seconds(),
                    String.format(
                                    Locale.ROOT,
                                    "%.1f s, %s%n",
                                    sample.seconds(),
                                    sample.phase().text())
                            + text.apply(sample));
        }
    }

    private static String large(double value) {
        return value >= 1e6 ? trimmed(value / 1e6) + "M" : trimmed(value);
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%,.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    // ----

    private static String style(String latency) {
        return STYLES.getOrDefault(latency, "one");
    }

    private static Map<String, String> legend(Map<String, Distribution> latencies) {
        Map<String, String> legend = new LinkedHashMap<>();
        latencies.keySet().forEach(name -> legend.put(name, style(name)));
        return legend;
    }

    private void figure(String id, String title, Map<String, String> legend, Plot plot) {
        html.append("<figure>\n<figcaption><h2>").append(Svg.escaped(title)).append("</h2>");
        legend.forEach((name, style) -> html.append("<span class=\"key ")
                .append(style)
                .append("\">")
                .append(Svg.escaped(name))
                .append("</span>"));
        html.append("</figcaption>\n").append(plot.svg(id, title)).append("</figure>\n");
    }
}
