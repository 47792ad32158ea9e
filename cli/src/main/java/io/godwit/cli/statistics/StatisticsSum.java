package io.godwit.cli.statistics;

import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.Connections;
import io.godwit.mqtt.client.ClientStatistics.Messages;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.ClientStatistics.Publishes;
import io.godwit.mqtt.client.ClientStatistics.RoundTrips;
import io.godwit.mqtt.client.ClientStatistics.Store;
import io.godwit.mqtt.client.ClientStatistics.Waiting;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Adds what clients have counted. Of ages and times that cannot be added, the longest counts; of two times, the later one. */
final class StatisticsSum {
    private static final PerQos NONE = new PerQos(0, 0, 0);
    private static final Waiting NOTHING = new Waiting(0, 0, Duration.ZERO);
    private static final RoundTrips NEVER = new RoundTrips(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** Of no client. */
    static final ClientStatistics ZERO = new ClientStatistics(
            new Connections(null, 0, 0, 0, 0, NEVER),
            new Publishes(NONE, NONE, NONE, NONE, 0, 0, NOTHING, 0, NEVER),
            new Messages(NONE, 0, 0, 0, 0, 0, NOTHING, Duration.ZERO),
            0,
            0,
            new Store(NEVER, 0));

    private StatisticsSum() {}

    static ClientStatistics of(ClientStatistics a, ClientStatistics b) {
        return new ClientStatistics(
                of(a.connections(), b.connections()),
                of(a.publishes(), b.publishes()),
                of(a.messages(), b.messages()),
                a.bytesSent() + b.bytesSent(),
                a.bytesReceived() + b.bytesReceived(),
                new Store(
                        of(a.store().forces(), b.store().forces()),
                        a.store().failures() + b.store().failures()));
    }

    private static Connections of(Connections a, Connections b) {
        return new Connections(
                later(a.connectedSince(), b.connectedSince()),
                a.made() + b.made(),
                a.lost() + b.lost(),
                a.attempts() + b.attempts(),
                a.failedAttempts() + b.failedAttempts(),
                of(a.pings(), b.pings()));
    }

    private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
        return a == null || b != null && b.isAfter(a) ? b : a;
    }

    private static Publishes of(Publishes a, Publishes b) {
        return new Publishes(
                of(a.accepted(), b.accepted()),
                of(a.acknowledged(), b.acknowledged()),
                of(a.failed(), b.failed()),
                of(a.expired(), b.expired()),
                a.refused() + b.refused(),
                a.recovered() + b.recovered(),
                of(a.queue(), b.queue()),
                a.inFlight() + b.inFlight(),
                of(a.acknowledgements(), b.acknowledgements()));
    }

    private static Messages of(Messages a, Messages b) {
        return new Messages(
                of(a.received(), b.received()),
                a.handled() + b.handled(),
                a.failed() + b.failed(),
                a.unhandled() + b.unhandled(),
                a.rejected() + b.rejected(),
                a.dropped() + b.dropped(),
                of(a.inbox(), b.inbox()),
                a.handlerTime().plus(b.handlerTime()));
    }

    private static PerQos of(PerQos a, PerQos b) {
        return new PerQos(
                a.atMostOnce() + b.atMostOnce(), a.atLeastOnce() + b.atLeastOnce(), a.exactlyOnce() + b.exactlyOnce());
    }

    private static Waiting of(Waiting a, Waiting b) {
        return new Waiting(a.messages() + b.messages(), a.bytes() + b.bytes(), longer(a.oldest(), b.oldest()));
    }

    private static RoundTrips of(RoundTrips a, RoundTrips b) {
        return new RoundTrips(
                a.count() + b.count(),
                b.count() > 0 ? b.last() : a.last(),
                a.total().plus(b.total()),
                longer(a.longest(), b.longest()));
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
