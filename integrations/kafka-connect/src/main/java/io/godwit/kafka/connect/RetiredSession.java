package io.godwit.kafka.connect;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.ManualHandler;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of a task that there is no longer, since {@code tasks.max} was reduced. The broker may hold messages for it. So
 * a remaining task connects as that client, takes what is there, and ends the session once nothing more comes.
 */
final class RetiredSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RetiredSession.class);

    /** So long it takes messages before it unsubscribes: by then the tasks that there are have subscribed. */
    static final Duration OVERLAP = Duration.ofMinutes(1);
    /** So long no message has come before the session ends. */
    private static final Duration QUIET = Duration.ofSeconds(10);

    // Set once.
    private final BrokerSession session;
    private final Set<String> filters;
    private final long started = System.nanoTime();

    // Task thread only.
    private boolean unsubscribed;
    private boolean ended;

    /** @param filters what it had subscribed to */
    RetiredSession(SourceConfig config, String clientId, Set<String> filters, ManualHandler receiver) {
        this.filters = filters;
        session = new BrokerSession(config, clientId, List.of(), receiver);
        session.start();
    }

    /** Takes the next step if it is due. True once the session has ended. */
    boolean tick() {
        ConnectResult result = session.firstConnection();
        if (!ended && session.failure() != null) {
            LOG.warn("cannot empty the session of {}", session.clientId(), session.failure());
            session.close();
            ended = true;
        } else if (!ended && result != null && !result.sessionPresent()) {
            end("has no session any longer");
        } else if (!ended && result != null) {
            Duration age = Duration.ofNanos(System.nanoTime() - started);
            if (!unsubscribed && age.compareTo(OVERLAP) > 0) {
                session.unsubscribe(filters);
                unsubscribed = true;
            } else if (unsubscribed
                    && age.compareTo(OVERLAP.plus(QUIET)) > 0
                    && session.isConnected()
                    && session.unacknowledged() == 0
                    && session.quiet().compareTo(QUIET) > 0) {
                end("is empty: its session ends");
            }
        }
        return ended;
    }

    private void end(String why) {
        LOG.info("{}, of a task that there is no longer, {}", session.clientId(), why);
        session.end();
        ended = true;
    }

    @Override
    public void close() {
        if (!ended) {
            session.close();
        }
    }
}
