package io.godwit.cli.statistics;

import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.RoundTrips;
import java.time.Duration;
import java.util.Locale;

/** What a client counts, in a line; rates are those since the line before. */
final class StatisticsLine {
    private StatisticsLine() {}

    static String of(ClientStatistics before, ClientStatistics now, Duration since, Duration running) {
        double seconds = Math.max(1e-3, since.toNanos() / 1e9);
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%5.1f s", running.toMillis() / 1e3));
        line.append(now.connections().connectedSince() == null ? "  not connected" : "  connected");
        if (now.connections().lost() > 0) {
            line.append("  lost ").append(now.connections().lost());
        }
        long received = now.messages().received().total();
        long sent = now.publishes().accepted().total();
        if (received > 0) {
            line.append("  in ")
                    .append(rate(received - before.messages().received().total(), seconds));
        }
        if (sent > 0) {
            line.append("  out ")
                    .append(rate(sent - before.publishes().accepted().total(), seconds));
            append(
                    line,
                    "failed",
                    now.publishes().failed().total() + now.publishes().expired().total());
            append(line, "queued", now.publishes().queue().messages());
        }
        append(line, "in flight", now.publishes().inFlight());
        append(line, "waiting", now.messages().inbox().messages());
        append(line, "unhandled", now.messages().unhandled());
        line.append("  ")
                .append(bytes(now.bytesReceived() - before.bytesReceived(), seconds))
                .append(" in");
        line.append("  ")
                .append(bytes(now.bytesSent() - before.bytesSent(), seconds))
                .append(" out");
        append(line, "ack", now.publishes().acknowledgements());
        append(line, "ping", now.connections().pings());
        return line.toString();
    }

    private static void append(StringBuilder line, String what, long number) {
        if (number > 0) {
            line.append("  ").append(what).append(' ').append(number);
        }
    }

    private static void append(StringBuilder line, String what, RoundTrips times) {
        if (times.count() > 0) {
            line.append(String.format(
                    Locale.ROOT, "  %s %.1f ms", what, times.last().toNanos() / 1e6));
        }
    }

    private static String rate(long messages, double seconds) {
        return String.format(Locale.ROOT, "%.0f/s", messages / seconds);
    }

    private static String bytes(long bytes, double seconds) {
        double rate = bytes / seconds;
        return rate < 10_000
                ? String.format(Locale.ROOT, "%.0f B/s", rate)
                : rate < 10_000_000
                        ? String.format(Locale.ROOT, "%.0f kB/s", rate / 1e3)
                        : String.format(Locale.ROOT, "%.0f MB/s", rate / 1e6);
    }
}
