package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Times;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the attempts of a row, as the {@link Reconnect} policy sees them, and asks it for the delay before the next one. A row
 * ends with a connection that lasts. Event loop only.
 */
final class ReconnectSchedule {
    /** The delay if there is no thread to ask the policy. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private static final long STABLE = 10_000_000_000L;
    private static final long STABLE_AFTER_TAKEOVER = 600_000_000_000L;

    // Set once.
    private final ClientConfig config;
    private final EventLoop loop;
    private final Notifier notifier;

    // Event loop only.
    /** The number of the last attempt of the row. */
    private int row;
    /** Why the last connection ended. */
    private @Nullable DisconnectCause lastLoss;
    /** The question to the policy whose answer counts. */
    private @Nullable Object question;

    ReconnectSchedule(ClientConfig config, EventLoop loop, Notifier notifier) {
        this.config = config;
        this.loop = loop;
        this.notifier = notifier;
    }

    /** The application has called connect: a new row begins. */
    void begin() {
        row = 1;
        lastLoss = null;
    }

    /** CONNACK was received for the first time since {@link #begin}. */
    void firstConnected() {
        if (row == 1) {
            row = 0;
        }
    }

    /** An attempt has failed: the one that may follow. */
    Reconnect.Attempt after(ConnectFailure failure) {
        return new Reconnect.Attempt(++row, lastLoss, failure);
    }

    /**
     * A connection has ended: the attempt that may follow.
     *
     * @param lasted nanoseconds for which it was up
     */
    Reconnect.Attempt after(DisconnectCause cause, long lasted) {
        lastLoss = cause;
        if (lasted >= stableAfter(cause)) {
            row = 0;
        }
        return new Reconnect.Attempt(++row, cause, null);
    }

    /** How long a connection must last to end a row. */
    private static long stableAfter(DisconnectCause cause) {
        // Two clients with one identifier end each other's connections, whenever the other one comes back.
        return cause.reasonCode() == ReasonCode.SESSION_TAKEN_OVER ? STABLE_AFTER_TAKEOVER : STABLE;
    }

    /**
     * Asks the policy, which is the application's code and so not run here.
     *
     * @param atOnce whether the next attempt needs no delay, and so no question
     * @param then receives the delay, or null if the client is to give up; not called after {@link #cancel}
     */
    void ask(Reconnect.Attempt attempt, boolean atOnce, Consumer<@Nullable Duration> then) {
        Object asked = new Object();
        question = asked;
        try {
            notifier.background(() -> {
                Duration delay = atOnce ? Duration.ZERO : delay(attempt);
                loop.execute(() -> answer(asked, delay, then));
            });
        } catch (Throwable noThread) {
            notifier.warn(
                    "cannot ask the reconnect policy; the client tries again after " + Times.text(AFTER_FAILURE),
                    noThread);
            answer(asked, AFTER_FAILURE, then);
        }
    }

    private void answer(Object asked, @Nullable Duration delay, Consumer<@Nullable Duration> then) {
        if (question == asked) {
            question = null;
            then.accept(delay);
        }
    }

    /** Nobody waits for the policy's answer any longer. */
    void cancel() {
        question = null;
    }

    /** Background. */
    private @Nullable Duration delay(Reconnect.Attempt attempt) {
        try {
            Duration delay = config.reconnect().delay(attempt);
            if (delay == null && attempt.isPointless() && attempt.failure() != null) {
                notifier.warn("not trying again, since that cannot help", null);
            }
            return delay;
        } catch (Throwable failure) {
            notifier.warn("the reconnect policy failed; the client does not reconnect", failure);
            return null;
        }
    }
}
