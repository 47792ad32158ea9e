package io.godwit.cli.bench;

import io.godwit.cli.bench.BenchResult.Limit;
import io.godwit.cli.bench.BenchResult.Limit.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what kept a run from publishing faster, as far as its figures tell. */
final class LimitFinder {
    private static final double BUSY = 0.85;
    private static final double BUSY_MACHINE = 0.95;
    private static final double KEPT = 0.95;
    private static final double FULL = 0.9;
    /** Acknowledgements that take so much longer than the fastest one wait in a queue. */
    private static final double QUEUED = 3;

    private static final long LATE_NANOS = 10_000_000;

    private LimitFinder() {}

    /**
     * Judges a run; null: nothing was published, or nothing can be said.
     *
     * @param network how full the way to the broker was, 0 to 1; below 0: not known
     * @param local whether the broker runs on this machine
     */
    static @Nullable Limit find(
            BenchPlan plan,
            BenchResult.Published published,
            BenchResult.Client client,
            Distribution acknowledgement,
            Distribution lag,
            double network,
            boolean local) {
        if (plan.publishers() == 0 || client.seconds() <= 0 || published.perSecond() <= 0) {
            return null;
        }
        double asked = plan.rate() * plan.publishers();
        if (asked > 0 && published.perSecond() >= KEPT * asked) {
            return new Limit(Kind.NONE, "the rate was kept");
        }
        if (client.coresUsed() > BUSY * client.cores() || client.machineLoad() > BUSY_MACHINE) {
            return new Limit(
                    Kind.THIS_MACHINE,
                    String.format(
                            Locale.ROOT,
                            "its processors were busy to %.0f %%, with this client to %.0f %%%s",
                            100 * Math.max(client.machineLoad(), client.coresUsed() / client.cores()),
                            100 * client.coresUsed() / client.cores(),
                            local ? "; the broker runs on it too" : ""));
        }
        if (network >= FULL) {
            return new Limit(
                    Kind.NETWORK,
                    String.format(Locale.ROOT, "the interface to the broker was used to %.0f %%", 100 * network));
        }
        if (asked > 0 && lag.p99() > LATE_NANOS) {
            return new Limit(Kind.THIS_MACHINE, "this client was late with its messages: see 'sent late'");
        }
        if (asked == 0
                && acknowledgement.count() > 0
                && acknowledgement.p50() < QUEUED * Math.max(1, acknowledgement.minimum())) {
            return new Limit(
                    Kind.WINDOW,
                    plan.inFlight() + " messages in flight, each answered after "
                            + Formats.time(acknowledgement.p50()) + " and at best after "
                            + Formats.time(acknowledgement.minimum()) + ": raise -M");
        }
        return new Limit(
                Kind.BROKER,
                (acknowledgement.count() == 0
                                ? "it took no more"
                                : "an acknowledgement took " + Formats.time(acknowledgement.p50())
                                        + ", the fastest one "
                                        + Formats.time(acknowledgement.minimum()))
                        + String.format(
                                Locale.ROOT,
                                "; this machine was busy to %.0f %%",
                                100 * Math.max(client.machineLoad(), client.coresUsed() / client.cores()))
                        + (network < 0 ? "" : String.format(Locale.ROOT, ", the network to %.0f %%", 100 * network)));
    }
}
