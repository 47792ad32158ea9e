package io.godwit.kafka.connect;

import io.godwit.mqtt.client.ConnectResult;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of a task that there is no longer, since {@code tasks.max} was reduced. The broker may hold messages for it. So
 * a remaining task connects as that client, takes what is there, and ends the session once nothing more comes.
 */
final class RetiredSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RetiredSession.class);

    /** So long it is connected before it unsubscribes: by then the tasks that there are have connected and subscribed too. */
    static final Duration OVERLAP = Duration.ofMinutes(1);
    /** So long nothing has come before the session ends. */
    static final Duration QUIET = Duration.ofSeconds(10);

    // Set once.
    private final BrokerSession session;

    // Task thread only.
    /** Null before UNSUBSCRIBE. */
    private @Nullable Future<?> unsubscribed;

    private boolean ended;

    /** @param session that it connects, empties and ends */
    RetiredSession(BrokerSession session) {
        this.session = session;
        session.start();
    }

    /** Takes the next step if it is due. True once the session has ended. */
    boolean tick() {
        if (!ended) {
            step();
        }
        return ended;
    }

    private void step() {
        ConnectResult first = session.firstConnection();
        Future<?> answer = unsubscribed;
        if (session.failure() != null) {
            LOG.warn("cannot empty the session of {}", session.clientId(), session.failure());
            session.close();
            ended = true;
        } else if (first != null && !first.sessionPresent()) {
            end("has no session any longer");
        } else if (answer == null) {
            if (session.connectedFor().compareTo(OVERLAP) > 0) {
                unsubscribed = session.unsubscribeFormer();
            }
        } else if (answer.isDone()
                && session.unacknowledged() == 0
                && session.quiet().compareTo(QUIET) > 0) {
            end("is empty: its session ends");
        }
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
