package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What becomes of a message whose handler throws. Each failure is logged and reported to {@link
 * ClientListener#handlerFailed}, what became of the message to {@link ClientListener#messageFailed}. Set for a client with
 * {@link MqttClientBuilder#handlerOptions} and for one subscription with {@link HandlerOptions}; {@link #reject()} by
 * default, so that nothing is called twice or published unless the application wants that.
 *
 * <p>If several handlers receive a message, each one's policy is followed, and the message is left unacknowledged if one of
 * them leaves it, else rejected if one of them rejects it. A handler that fails because its client is being closed leaves
 * its message unacknowledged, whatever the policy.
 */
public sealed interface FailurePolicy {
    /** What {@link #deadLetter(String)} replaces with the topic of the failed message. */
    String TOPIC = "{topic}";

    /** See {@link #acknowledge()}. */
    record Acknowledge() implements FailurePolicy {}

    /** See {@link #reject(ReasonCode)}. */
    record Reject(ReasonCode reason) implements FailurePolicy {
        private static final Set<ReasonCode> ALLOWED = EnumSet.of(
                ReasonCode.UNSPECIFIED_ERROR,
                ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                ReasonCode.NOT_AUTHORIZED,
                ReasonCode.TOPIC_NAME_INVALID,
                ReasonCode.QUOTA_EXCEEDED,
                ReasonCode.PAYLOAD_FORMAT_INVALID);

        public Reject {
            check(reason);
        }

        /** Rejects reasons that PUBACK and PUBREC cannot carry for a message that failed. */
        static ReasonCode check(ReasonCode reason) {
            if (!ALLOWED.contains(reason)) {
                throw new IllegalArgumentException("a message cannot be rejected with " + reason.describe()
                        + ": must be one of " + ALLOWED + " (MQTT 5, sections 3.4.2.1 and 3.5.2.1)");
            }
            return reason;
        }
    }

    /**
     * See {@link #retry}.
     *
     * @param permanent failures that no retry can heal, see {@link #butNot}
     */
    record Retry(
            int times, Duration first, Duration longest, FailurePolicy then, Set<Class<? extends Throwable>> permanent)
            implements FailurePolicy {
        /** Ends a chain of causes that contains itself. */
        private static final int MOST_CAUSES = 32;

        private static final int MOST_TIMES = 1_000;
        private static final Duration LONGEST = Duration.ofHours(1);

        public Retry {
            if (times < 1 || times > MOST_TIMES) {
                throw new IllegalArgumentException(
                        "invalid number of retries " + times + ": must be 1 to " + MOST_TIMES);
            }
            if (first.isNegative() || longest.compareTo(first) < 0 || longest.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("invalid delays " + first + " and " + longest
                        + ": the first must be zero or more, the longest at least that and at most " + LONGEST);
            }
            if (then instanceof Retry) {
                throw new IllegalArgumentException("retries cannot be followed by retries: give more of them");
            }
            Objects.requireNonNull(then, "then");
            permanent = Set.copyOf(permanent);
        }

        /**
         * Goes on with {@link #then} at once if the handler throws one of these exceptions, or has one as a cause: a payload that
         * can't be parsed is no better the next time. Adds to those named before.
         */
        @SafeVarargs
        public final Retry butNot(Class<? extends Throwable>... failures) {
            Set<Class<? extends Throwable>> all = new HashSet<>(permanent);
            all.addAll(List.of(failures));
            return new Retry(times, first, longest, then, all);
        }

        /** Whether another call may succeed after this failure. */
        public boolean isRetried(Throwable failure) {
            return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                    .limit(MOST_CAUSES)
                    .noneMatch(cause -> permanent.stream().anyMatch(each -> each.isInstance(cause)));
        }

        /** How long to wait after this many failures, 1 or more. */
        public Duration delay(int failures) {
            Duration delay = first;
            for (int i = 1; i < failures && delay.compareTo(longest) < 0; i++) {
                delay = delay.plus(delay);
            }
            return delay.compareTo(longest) < 0 ? delay : longest;
        }
    }

    /** See {@link #deadLetter(String)}. */
    record DeadLetter(String topic) implements FailurePolicy {
        public DeadLetter {
            if (topic.equals(TOPIC)) {
                throw new IllegalArgumentException(
                        "the dead letter topic '" + TOPIC + "' is the message's own: add something to it");
            }
            TopicName.check(topic.replace(TOPIC, "t"));
        }

        /** The topic for a dead letter of a message. */
        public String topicFor(Message message) {
            return topic.replace(TOPIC, message.topic());
        }

        /** Whether the message is a dead letter of this policy itself. */
        public boolean isOwn(Message message) {
            int at = topic.indexOf(TOPIC);
            return at < 0
                    ? topic.equals(message.topic())
                    : message.topic().length() >= topic.length() - TOPIC.length()
                            && message.topic().startsWith(topic.substring(0, at))
                            && message.topic().endsWith(topic.substring(at + TOPIC.length()));
        }
    }

    /** See {@link #deadLetter(FailedMessageHandler)}. */
    record DeadLetterTo(FailedMessageHandler handler) implements FailurePolicy {
        public DeadLetterTo {
            Objects.requireNonNull(handler, "handler");
        }
    }

    /** See {@link #leaveUnacknowledged()}. */
    record LeaveUnacknowledged() implements FailurePolicy {}

    /** What becomes of a message in the end. */
    enum Outcome {
        /** It was acknowledged as if it had been handled. Also at QoS 0, where there is nothing to acknowledge. */
        ACKNOWLEDGED,
        /** PUBACK or PUBREC had an error. */
        REJECTED,
        /** It was published to the dead letter topic, or given to the handler of dead letters, and acknowledged. */
        DEAD_LETTERED,
        /** It was not acknowledged, and comes again on the next connection. */
        LEFT_UNACKNOWLEDGED
    }

    /** The message is acknowledged: the broker has no reason to send it again. */
    static FailurePolicy acknowledge() {
        return new Acknowledge();
    }

    /** {@link #reject(ReasonCode)} with {@link ReasonCode#IMPLEMENTATION_SPECIFIC_ERROR}. */
    static FailurePolicy reject() {
        return reject(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
    }

    /**
     * The message is rejected with a reason code in PUBACK or PUBREC. Before MQTT 5, which has none, and at QoS 0 this is
     * {@link #acknowledge()}. The broker does not send it again.
     *
     * @throws IllegalArgumentException unless one of: unspecified error, implementation specific error, not authorized, topic
     *     name invalid, quota exceeded, payload format invalid
     */
    static FailurePolicy reject(ReasonCode reason) {
        return new Reject(reason);
    }

    /**
     * The handler is called again, after a delay that doubles each time. Until then the messages behind it wait: all of the
     * client, or with {@link HandlerOptions#withConcurrency} those with the same key.
     *
     * @param times how often at most, 1 to 1,000
     * @param first the delay after the first failure
     * @param longest the longest delay, at most an hour
     * @param then what happens if the last retry fails too; not another retry
     */
    static Retry retry(int times, Duration first, Duration longest, FailurePolicy then) {
        return new Retry(times, first, longest, then, Set.of());
    }

    /**
     * The message is published to another topic, at least with QoS 1, and acknowledged once the broker has that. With MQTT 5
     * the user properties {@code dead-letter-topic} and {@code dead-letter-cause} contain its topic and the exception. If it
     * cannot be published, this is reported too, and the message is rejected as by {@link #reject()}. A dead letter that
     * fails again is rejected, not published.
     *
     * @param topic {@value #TOPIC} in it stands for the topic of the message
     * @throws IllegalArgumentException if it is not a valid topic name
     */
    static FailurePolicy deadLetter(String topic) {
        return new DeadLetter(topic);
    }

    /**
     * The message is given to another handler, on the same thread, and acknowledged when that has returned. If that fails too,
     * the message is rejected as by {@link #reject()}.
     */
    static FailurePolicy deadLetter(FailedMessageHandler handler) {
        return new DeadLetterTo(handler);
    }

    /**
     * The message is not acknowledged on this connection; those behind it are. The broker sends it again on the next
     * connection of the session. Until then it takes one of the places for unacknowledged messages, of which brokers have few
     * ({@link MqttClientBuilder#receiveMaximum}; 20 in Mosquitto by default): when all are taken, no more messages come.
     */
    static FailurePolicy leaveUnacknowledged() {
        return new LeaveUnacknowledged();
    }
}
