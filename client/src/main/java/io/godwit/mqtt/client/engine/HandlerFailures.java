package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.FailurePolicy.Outcome;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.UserProperty;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Follows the policies for messages whose handler has failed, and reports what became of them. Any thread. */
final class HandlerFailures {
    private static final int LONGEST_CAUSE = 1_000;
    private static final ReasonCode REASON = ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;

    // Set once.
    private final GuardedSession session;
    private final Notifier notifier;
    private final ProtocolVersion version;
    private final FailurePolicy defaultPolicy;
    private final BooleanSupplier closing;
    private final Function<Message, CompletableFuture<PublishResult>> publish;

    /**
     * @param closing whether the client is disconnecting or closed
     * @param publish publishes dead letters
     */
    HandlerFailures(
            GuardedSession session,
            Notifier notifier,
            ClientConfig config,
            BooleanSupplier closing,
            Function<Message, CompletableFuture<PublishResult>> publish) {
        this.session = session;
        this.notifier = notifier;
        this.version = config.version();
        FailurePolicy policy = config.handlerOptions().failurePolicy();
        this.defaultPolicy = policy == null ? FailurePolicy.reject() : policy;
        this.closing = closing;
        this.publish = publish;
    }

    private FailurePolicy policy(RegisteredHandler handler) {
        FailurePolicy own = handler.options().failurePolicy();
        return own == null ? defaultPolicy : own;
    }

    /**
     * A handler has failed this many times with a message, 1 or more. Reports it. Returns in how many nanoseconds to call it
     * again, or -1: {@link #resolve} says what becomes of the message.
     */
    long report(RegisteredHandler handler, Message message, Throwable failure, int failures) {
        session.run(locked -> locked.counters().handlerFailed());
        notifier.handlerFailed(message, failure);
        return policy(handler) instanceof FailurePolicy.Retry retry
                        && failures <= retry.times()
                        && retry.isRetried(failure)
                        && !isClosing(failure)
                ? retry.delay(failures).toNanos()
                : -1;
    }

    /** What tells messages apart has failed. */
    void keyFailed(Message message, Throwable failure) {
        notifier.handlerFailed(message, failure);
    }

    /** Follows the policy without its retries and settles the handler's share, now or once a dead letter is published. */
    void resolve(RegisteredHandler handler, Throwable failure, Settlement share) {
        Message message = share.message();
        FailurePolicy policy = policy(handler);
        if (policy instanceof FailurePolicy.Retry retry) {
            policy = retry.then();
        }
        if (isClosing(failure) || policy instanceof FailurePolicy.LeaveUnacknowledged) {
            settle(share, failure, Resolution.LEAVE, Outcome.LEFT_UNACKNOWLEDGED);
        } else if (policy instanceof FailurePolicy.Reject reject) {
            reject(share, failure, reject.reason());
        } else if (policy instanceof FailurePolicy.DeadLetter letter && !letter.isOwn(message)) {
            publish(letter, failure, share);
        } else if (policy instanceof FailurePolicy.DeadLetterTo letter) {
            give(letter, failure, share);
        } else if (policy instanceof FailurePolicy.Acknowledge) {
            settle(share, failure, Resolution.ACKNOWLEDGE, Outcome.ACKNOWLEDGED);
        } else {
            reject(share, failure, REASON);
        }
    }

    private boolean isClosing(Throwable failure) {
        return closing.getAsBoolean()
                && (isEndOfClient(failure) || failure.getCause() != null && isEndOfClient(failure.getCause()));
    }

    private static boolean isEndOfClient(Throwable failure) {
        return failure instanceof ClientClosedException || failure instanceof NotConnectedException;
    }

    private void reject(Settlement share, Throwable failure, ReasonCode reason) {
        boolean heard = version == ProtocolVersion.V5 && share.message().qos() != Qos.AT_MOST_ONCE;
        settle(share, failure, Resolution.reject(reason, null), heard ? Outcome.REJECTED : Outcome.ACKNOWLEDGED);
    }

    private void settle(Settlement share, Throwable failure, Resolution resolution, Outcome outcome) {
        notifier.messageFailed(share.message(), failure, outcome);
        share.settle(resolution);
    }

    private void give(FailurePolicy.DeadLetterTo letter, Throwable failure, Settlement share) {
        try {
            letter.handler().handle(share.message(), failure);
        } catch (Throwable again) {
            notifier.handlerFailed(share.message(), again);
            reject(share, again, REASON);
            return;
        }
        settle(share, failure, Resolution.ACKNOWLEDGE, Outcome.DEAD_LETTERED);
    }

    private void publish(FailurePolicy.DeadLetter letter, Throwable failure, Settlement share) {
        CompletableFuture<PublishResult> published;
        try {
            published = publish.apply(deadLetter(letter, share.message(), failure));
        } catch (IllegalArgumentException impossible) { // the topic became too long, for instance
            published = CompletableFuture.failedFuture(impossible);
        }
        published.whenComplete((done, problem) -> {
            if (problem == null) {
                settle(share, failure, Resolution.ACKNOWLEDGE, Outcome.DEAD_LETTERED);
                return;
            }
            Throwable cause = cause(problem);
            notifier.handlerFailed(share.message(), cause);
            if (isEndOfClient(cause)) {
                settle(share, failure, Resolution.LEAVE, Outcome.LEFT_UNACKNOWLEDGED);
            } else {
                reject(share, failure, REASON);
            }
        });
    }

    private static Throwable cause(Throwable problem) {
        Throwable cause = problem.getCause();
        return problem instanceof CompletionException && cause != null ? cause : problem;
    }

    private Message deadLetter(FailurePolicy.DeadLetter letter, Message message, Throwable failure) {
        Qos qos = message.qos() == Qos.AT_MOST_ONCE ? Qos.AT_LEAST_ONCE : message.qos();
        Message copy = message.withTopic(letter.topicFor(message)).withQos(qos).withRetain(false);
        if (version != ProtocolVersion.V5) {
            return copy;
        }
        MqttProperties properties = message.properties()
                .and(Property.USER_PROPERTY, new UserProperty("dead-letter-topic", message.topic()))
                .and(Property.USER_PROPERTY, new UserProperty("dead-letter-cause", text(failure)));
        return copy.withProperties(properties);
    }

    /** The exception in words that fit into a string of MQTT. */
    private static String text(Throwable failure) {
        String text = String.valueOf(failure);
        StringBuilder allowed = new StringBuilder();
        text.codePoints()
                .filter(point -> point >= ' '
                        && !Character.isISOControl(point)
                        && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE))
                .limit(LONGEST_CAUSE)
                .forEach(allowed::appendCodePoint);
        return allowed.toString();
    }
}
