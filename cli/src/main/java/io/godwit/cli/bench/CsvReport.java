package io.godwit.cli.bench;

import java.util.Locale;

/** How the run went over time, a line for each look; the columns are the fields of the timeline in the JSON form. */
public final class CsvReport {
    private CsvReport() {}

    public static String of(BenchResult result) {
        StringBuilder csv = new StringBuilder(
                "seconds,phase,sentPerSecond,receivedPerSecond,inFlight,p50,p99,maximum,connections,problems,coresUsed,machineLoad\n");
        for (Timeline.Sample sample : result.history().samples()) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%.3f,%s,%.3f,%.3f,%d,%.3f,%.3f,%.3f,%d,%d,%.3f,%.3f%n",
                    sample.seconds(),
                    sample.phase().text(),
                    sample.sentPerSecond(),
                    sample.receivedPerSecond(),
                    sample.inFlight(),
                    sample.p50() / 1e6,
                    sample.p99() / 1e6,
                    sample.maximum() / 1e6,
                    sample.connections(),
                    sample.problems(),
                    sample.coresUsed(),
                    sample.machineLoad()));
        }
        return csv.toString();
    }
}
