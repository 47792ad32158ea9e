package io.godwit.cli.bench;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.mqtt.protocol.Qos;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says which promises of MQTT were broken, and why figures may not say what they seem to. */
final class Verdict {
    /** Above this share of its processors a client measures itself. */
    private static final double BUSY_CLIENT = 0.85;

    private static final double BUSY_MACHINE = 0.95;
    private static final double SCHEDULE_KEPT = 0.95;
    private static final long LATE_NANOS = 10_000_000;

    // Set once.
    private final BenchPlan plan;
    private final Qos delivered;
    private final int refused;
    private final Problems problems;
    private final boolean stopped;

    // While it judges.
    private final List<String> broken = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param delivered the QoS with which messages come to the subscribers
     * @param refused subscriptions that the broker refused
     * @param stopped whether the run was ended early
     */
    Verdict(BenchPlan plan, Qos delivered, int refused, Problems problems, boolean stopped) {
        this.plan = plan;
        this.delivered = delivered;
        this.refused = refused;
        this.problems = problems;
        this.stopped = stopped;
    }

    BenchResult.Verdict judge(
            BenchResult.Connections connections,
            BenchResult.Published published,
            BenchResult.Received received,
            BenchResult.Client client,
            Distribution lag) {
        promises(received);
        limits(published, client, lag);
        if (connections.lost() > 0 && received.lost() > 0) {
            warnings.add("connections were lost, and a clean session misses what is sent meanwhile");
        }
        return new BenchResult.Verdict(exitCode(connections, published), List.copyOf(broken), List.copyOf(warnings));
    }

    private void promises(BenchResult.Received received) {
        int qos = delivered.level();
        boolean isExcused = !plan.disturbance().isNone() && !plan.disturbance().keepsSessions();
        if (received.lost() > 0 && qos > 0) {
            (isExcused ? warnings : broken)
                    .add(Formats.count(received.lost()) + " messages were acknowledged but never delivered (QoS " + qos
                            + ")" + (isExcused ? ": clean sessions miss what is sent while they are away" : ""));
        }
        if (received.duplicates() > 0 && qos != 1) {
            (isExcused ? warnings : broken)
                    .add(Formats.count(received.duplicates()) + " messages were delivered more than once (QoS " + qos
                            + ")");
        }
        if (received.outOfOrder() > 0) {
            String text =
                    Formats.count(received.outOfOrder()) + " messages came after later ones of the same publisher";
            (plan.shareName() == null ? broken : warnings).add(text);
        }
    }

    private void limits(BenchResult.Published published, BenchResult.Client client, Distribution lag) {
        if (client.seconds() <= 0) {
            return;
        }
        if (client.coresUsed() > BUSY_CLIENT * client.cores()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "this client used %.1f of %d cores: it was the limit rather than the broker",
                    client.coresUsed(),
                    client.cores()));
        } else if (client.machineLoad() > BUSY_MACHINE) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "this machine was busy to %.0f %%, %.1f of its %d cores with this client: other programs on this machine affect the results",
                    100 * client.machineLoad(),
                    client.coresUsed(),
                    client.cores()));
        }
        if (plan.rate() > 0 && lag.p99() > LATE_NANOS) {
            warnings.add("1 of 100 messages went out " + Formats.time(lag.p99())
                    + " late or more: this client could not keep the schedule; the delay counts as latency");
        }
        double asked = plan.rate() * plan.publishers();
        if (asked > 0 && !stopped && published.perSecond() < SCHEDULE_KEPT * asked) {
            warnings.add(String.format(
                    Locale.ROOT, "%,.0f messages a second instead of %,.0f", published.perSecond(), asked));
        }
    }

    private int exitCode(BenchResult.Connections connections, BenchResult.Published published) {
        Throwable first = problems.first();
        if (!broken.isEmpty()) {
            return ExitCodes.CHECK_FAILED;
        } else if (published.failed() + published.unanswered() > 0) {
            return ExitCodes.PUBLISH_FAILED;
        } else if (refused > 0) {
            return ExitCodes.SUBSCRIBE_FAILED;
        } else if (connections.failed() > 0) {
            return first == null ? ExitCodes.UNREACHABLE : Failures.exitCode(first);
        }
        return connections.lost() > 0 && connections.upAtEnd() < connections.made()
                ? ExitCodes.CONNECTION_LOST
                : ExitCodes.OK;
    }
}
