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

    /** How often in a row the policy may fail for lack of memory. */
    private static final int SHORTAGES = 3;

    private static final long STABLE = 10_000_000_000L;
    private static final long STABLE_AFTER_TAKEOVER = 600_000_000_000L;

    // Set once.
    private final ClientConfig config;
    private final EventLoop loop;
    private final Notifier notifier;

    /** How often in a row the policy has failed for lack of memory. Background, one task at a time. */
    private volatile int shortages;

    // Event loop only.
    /** The number of the last attempt of the row. */
    private int row;
    /** Why the last connection ended. */
    private @Nullable DisconnectCause lastLoss;
    /** The question to the policy whose answer counts. */
    private @Nullable Question question;

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

    /**
     * CONNACK was received for the first time since {@link #begin}. Returns whether the first attempt has led to it, so that
     * nothing is to be kept.
     */
    boolean firstConnected() {
        if (row == 1) {
            row = 0;
        }
        return row == 0;
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
        Question asked = new Question(attempt, atOnce, then);
        question = asked;
        submit(asked);
    }

    /** Asks once more, if an answer is due that may have got lost; the first one counts. False: nothing was asked. */
    boolean askAgain() {
        Question asked = question;
        if (asked != null) {
            submit(asked);
        }
        return asked != null;
    }

    private void submit(Question asked) {
        try {
            notifier.background(asked::put);
        } catch (Throwable noThread) {
            asked.run();
            notifier.warn(
                    "cannot ask the reconnect policy; the client tries again after " + Times.text(AFTER_FAILURE),
                    noThread);
        }
    }

    /** What the policy is asked, and its answer: one object, since there may be no memory for another one when it answers. */
    private final class Question implements Runnable {
        private final Reconnect.Attempt attempt;
        private final boolean atOnce;
        private final Consumer<@Nullable Duration> then;

        /** Written before the answer is given to the event loop. */
        private volatile @Nullable Duration delay = AFTER_FAILURE;

        Question(Reconnect.Attempt attempt, boolean atOnce, Consumer<@Nullable Duration> then) {
            this.attempt = attempt;
            this.atOnce = atOnce;
            this.then = then;
        }

        /** Background. */
        void put() {
            try {
                delay = atOnce ? Duration.ZERO : delay(attempt);
            } finally {
                loop.execute(this); // also without memory for asking
            }
        }

        /** Event loop. */
        @Override
        public void run() {
            if (question == this) {
                then.accept(delay);
                if (question == this) {
                    question = null; // afterwards, so that it is done again if there was no memory for it
                }
            }
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
            shortages = 0;
            if (delay != null) {
                Reconnect.fixed(delay); // refuses what no delay can be
            }
            if (delay == null && attempt.isPointless() && attempt.failure() != null) {
                notifier.warn("not trying again, since that cannot help", null);
            }
            return delay;
        } catch (OutOfMemoryError shortage) {
            shortages = shortages + 1;
            if (shortages > SHORTAGES) {
                notifier.warn("the reconnect policy failed; the client does not reconnect", shortage);
                return null;
            }
            return AFTER_FAILURE;
        } catch (Throwable failure) {
            notifier.warn("the reconnect policy failed; the client does not reconnect", failure);
            return null;
        }
    }
}
