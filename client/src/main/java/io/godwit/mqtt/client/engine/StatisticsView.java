package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ClientStatistics.Connections;
import io.godwit.mqtt.client.ClientStatistics.Messages;
import io.godwit.mqtt.client.ClientStatistics.PerQos;
import io.godwit.mqtt.client.ClientStatistics.Publishes;
import io.godwit.mqtt.client.ClientStatistics.RoundTrips;
import io.godwit.mqtt.client.ClientStatistics.Store;
import io.godwit.mqtt.client.ClientStatistics.Waiting;
import io.godwit.mqtt.client.session.Counters;
import io.godwit.mqtt.client.session.Timing;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Puts together what the parts of a client have counted. */
final class StatisticsView {
    private StatisticsView() {}

    /** What is counted under the session's lock, at one moment. */
    private record Snapshot(
            Counters counters, Waiting queue, int inFlight, Waiting inbox, Timing forces, long storeFailures) {}

    static ClientStatistics of(GuardedSession session, ConnectionManager manager, ClientConfig config) {
        long now = config.loop().nanoTime();
        ByteFlow flow = manager.flow();
        Snapshot taken = session.call(locked -> new Snapshot(
                locked.counters().copy(),
                new Waiting(locked.queued(), locked.queuedBytes(), Duration.ofNanos(locked.oldestQueued(now))),
                locked.inFlight(),
                new Waiting(locked.inbox().waiting(), locked.inbox().waitingBytes(), Duration.ZERO),
                flow.forces(),
                flow.storeFailures()));
        Counters counters = taken.counters;
        return new ClientStatistics(
                connections(manager, counters, config),
                new Publishes(
                        perQos(counters.accepted()),
                        perQos(counters.acknowledged()),
                        perQos(counters.failed()),
                        perQos(counters.expired()),
                        counters.refusedPublishes(),
                        counters.recoveredPublishes(),
                        taken.queue,
                        taken.inFlight,
                        roundTrips(counters.acknowledgements())),
                new Messages(
                        perQos(counters.received()),
                        counters.handledMessages(),
                        counters.failedHandlers(),
                        counters.unhandledMessages(),
                        counters.rejectedMessages(),
                        counters.droppedMessages(),
                        taken.inbox,
                        Duration.ofNanos(counters.handlerNanos())),
                flow.bytesSent(),
                flow.bytesReceived(),
                new Store(roundTrips(taken.forces), taken.storeFailures));
    }

    private static Connections connections(ConnectionManager manager, Counters counters, ClientConfig config) {
        ConnectionFigures figures = manager.figures();
        return new Connections(
                connectedSince(manager, figures, config),
                figures.made,
                figures.lost,
                figures.attempts,
                figures.failedAttempts,
                roundTrips(counters.pings()));
    }

    private static @Nullable Instant connectedSince(
            ConnectionManager manager, ConnectionFigures figures, ClientConfig config) {
        if (manager.state() != ClientState.CONNECTED) {
            return null;
        }
        return Instant.EPOCH.plusNanos(figures.connectedAt + config.session().epochOffset());
    }

    private static PerQos perQos(long[] byLevel) {
        return new PerQos(byLevel[0], byLevel[1], byLevel[2]);
    }

    private static RoundTrips roundTrips(Timing timing) {
        return new RoundTrips(
                timing.count(),
                Duration.ofNanos(timing.last()),
                Duration.ofNanos(timing.total()),
                Duration.ofNanos(timing.longest()));
    }
}
