package io.godwit.cli.bench;

import io.godwit.cli.output.Terminal;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the run goes, in a line: on a terminal one that is overwritten, elsewhere a new one now and then. */
public final class LiveLine implements Consumer<Timeline.Sample> {
    private static final double PIPED_SECONDS = 5;

    // Set once.
    private final Terminal terminal;
    private final BenchPlan plan;
    private final boolean silent;
    private final int columns;

    // The clock's thread only.
    private Timeline.@Nullable Sample before;

    /** @param silent nothing is said */
    public LiveLine(Terminal terminal, BenchPlan plan, boolean silent) {
        this.terminal = terminal;
        this.plan = plan;
        this.silent = silent;
        this.columns = terminal.columns();
    }

    @Override
    public void accept(Timeline.Sample now) {
        Timeline.Sample last = before;
        double since = now.seconds() - (last == null ? 0 : last.seconds());
        if (silent || since <= 0 || !terminal.errIsTerminal() && since < PIPED_SECONDS) {
            return;
        }
        String line = line(plan, last, now);
        if (terminal.errIsTerminal()) {
            // a line that is broken in two could not be written over
            terminal.progress(line.substring(0, Math.min(line.length(), columns - 1)));
        } else {
            terminal.note(line);
        }
        before = now;
    }

    /** Takes the line away. */
    public void end() {
        if (!silent) {
            terminal.endProgress();
        }
    }

    /** The line; rates are those since the one before. */
    static String line(BenchPlan plan, Timeline.@Nullable Sample before, Timeline.Sample now) {
        double since = now.seconds() - (before == null ? 0 : before.seconds());
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%5.1f s", now.seconds()));
        boolean loaded = plan.publishers() + plan.subscribers() > 0;
        if (now.phase() != Timeline.Phase.MEASURING) {
            line.append("  ").append(now.phase().text());
        }
        if (loaded && now.phase().compareTo(Timeline.Phase.SUBSCRIBING) > 0) {
            if (plan.publishers() > 0) {
                line.append("  out ").append(rate(now.sentSoFar() - (before == null ? 0 : before.sentSoFar()), since));
            }
            if (plan.subscribers() > 0) {
                line.append("  in ")
                        .append(rate(now.receivedSoFar() - (before == null ? 0 : before.receivedSoFar()), since));
            }
            if (now.maximum() > 0) {
                line.append("  p50 ").append(Formats.time(now.p50()));
                line.append("  p99 ").append(Formats.time(now.p99()));
            }
        }
        line.append("  errors ").append(Formats.count(now.problems()));
        line.append("  connections ").append(Formats.count(now.connections()));
        line.append('/').append(Formats.count(plan.connections()));
        if (now.inFlight() > 0) {
            line.append("  in flight ").append(Formats.count(now.inFlight()));
        }
        return line.toString();
    }

    private static String rate(long messages, double seconds) {
        return Formats.rate(messages / seconds) + "/s";
    }
}
