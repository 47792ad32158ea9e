package io.godwit.streams;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * A topic filter as a stream of messages, with back-pressure. Each subscriber subscribes at the broker when it subscribes to the
 * stream, and unsubscribes when it cancels.
 *
 * <p><b>When a message is handled.</b> A message of {@link #messages()} is handled, and acknowledged to the broker, when the
 * subscriber's {@code onNext} has returned. Operators that pass messages on to another thread ({@code publishOn}, {@code
 * observeOn}, {@code emitOn}, {@code flatMap}) return from {@code onNext} before the work is done; behind them use {@link
 * #acknowledged()}, whose messages are acknowledged when {@link StreamedMessage#acknowledge()} is called.
 *
 * <p><b>Back-pressure.</b> Only what was requested is emitted. What was not waits, unacknowledged; with MQTT 5 the broker sends no
 * more than the client's Receive Maximum beyond that and keeps the rest. A message of QoS 0 that finds as many waiting as the
 * buffer has room for is dropped, since no broker would keep it.
 *
 * <p><b>Slow streams.</b> A client acknowledges all of its messages in the order in which they came [MQTT-4.6.0-2], so one that
 * waits in a stream holds back the acknowledgements of later ones, whatever their subscription. Other handlers go on until
 * Receive Maximum is reached; then no message of QoS 1 or 2 comes until the stream goes on. Give a stream that may be slow or
 * stop a client of its own.
 *
 * <p><b>The end of a stream.</b> When a subscriber cancels or its {@code onNext} throws, messages that it has not handled are
 * rejected: with MQTT 5 PUBACK or PUBREC has reason code 0x83, before MQTT 5, which has no reason codes, they are acknowledged.
 * Either way the broker does not send them again. Those that had not been emitted are passed to {@link #onDropped}. To get them
 * again instead, close the client rather than the stream. Messages of {@link #acknowledged()} that were emitted are their
 * consumer's: each must be acknowledged or rejected, also after the end of the stream.
 *
 * <p>Immutable. Subscribers are called one at a time, on the stream's executor, never on a thread of the client.
 */
public final class MessageStream {
    private static final int BUFFER = 256;

    // Set once.
    private final StreamSettings settings;

    private MessageStream(StreamSettings settings) {
        this.settings = settings;
    }

    /**
     * A stream of what the filter matches, at QoS 1.
     *
     * @throws IllegalArgumentException if the filter is not a valid topic filter [MQTT-4.7.1-1]
     */
    public static MessageStream of(MqttClient client, String filter) {
        return of(client, TopicSubscription.of(filter, Qos.AT_LEAST_ONCE));
    }

    /** A stream of what the subscription matches. */
    public static MessageStream of(MqttClient client, TopicSubscription subscription) {
        return new MessageStream(new StreamSettings(
                Objects.requireNonNull(client, "client"),
                Objects.requireNonNull(subscription, "subscription"),
                BUFFER,
                StreamThreads.SHARED,
                message -> {}));
    }

    /**
     * How many messages of QoS 0 may wait for a subscriber that has not requested them; 256 by default.
     *
     * @throws IllegalArgumentException unless at least 1
     */
    public MessageStream withBuffer(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("invalid buffer " + messages + ": must be at least 1");
        }
        return new MessageStream(new StreamSettings(
                settings.client(), settings.subscription(), messages, settings.executor(), settings.dropped()));
    }

    /** Where subscribers are called; a shared pool that grows by default. Tasks of one subscriber never overlap. */
    public MessageStream withExecutor(Executor newExecutor) {
        return new MessageStream(new StreamSettings(
                settings.client(),
                settings.subscription(),
                settings.buffer(),
                Objects.requireNonNull(newExecutor, "executor"),
                settings.dropped()));
    }

    /**
     * Called for each message that the subscriber will not get, although the client is not closed: one of QoS 0 that found the
     * buffer full, on the client's handler thread; one that waited or came when the stream ended, there or on the thread that
     * ended it. Must not block or throw. Does nothing by default.
     */
    public MessageStream onDropped(Consumer<Message> newDropped) {
        return new MessageStream(new StreamSettings(
                settings.client(),
                settings.subscription(),
                settings.buffer(),
                settings.executor(),
                Objects.requireNonNull(newDropped, "dropped")));
    }

    /** The messages, each acknowledged when {@code onNext} has returned, rejected if it throws. */
    public Flow.Publisher<Message> messages() {
        return subscriber -> new Emission<Message>(settings, subscriber) {
            @Override
            void emit(Flow.Subscriber<? super Message> to, StreamedMessage next) {
                to.onNext(next.message());
                next.acknowledge();
            }
        }.start();
    }

    /** The messages, each acknowledged by its consumer; rejected if {@code onNext} throws before that. */
    public Flow.Publisher<StreamedMessage> acknowledged() {
        return subscriber -> new Emission<StreamedMessage>(settings, subscriber) {
            @Override
            void emit(Flow.Subscriber<? super StreamedMessage> to, StreamedMessage next) {
                to.onNext(next);
            }
        }.start();
    }
}
