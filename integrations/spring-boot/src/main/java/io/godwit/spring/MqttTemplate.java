package io.godwit.spring;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Publishes objects as messages of one client. Any thread. */
public final class MqttTemplate {
    // Set once.
    private final MqttClient client;
    private final PayloadConverters converters;

    MqttTemplate(MqttClient client, PayloadConverters converters) {
        this.client = client;
        this.converters = converters;
    }

    /** The same for another client. */
    public MqttTemplate withClient(MqttClient other) {
        return new MqttTemplate(other, converters);
    }

    /**
     * Publishes at QoS 1 and waits for the acknowledgement.
     *
     * @throws io.godwit.mqtt.client.MqttException if the message is not delivered
     * @throws IllegalArgumentException if no converter can turn the payload into bytes
     */
    public PublishResult send(String topic, Object payload) {
        return client.publish(message(topic, payload));
    }

    /** The same without blocking, with changes to the message such as {@code m -> m.withRetain(true)}. */
    public CompletableFuture<PublishResult> sendAsync(String topic, Object payload, UnaryOperator<Message> changes) {
        return client.publishAsync(changes.apply(message(topic, payload)));
    }

    /** Publishes at QoS 1 without blocking. */
    public CompletableFuture<PublishResult> sendAsync(String topic, Object payload) {
        return client.publishAsync(message(topic, payload));
    }

    /** Publishes a request and waits for its response within the client's call time limit; MQTT 5. */
    public <T> T request(String topic, Object payload, Class<T> responseType) {
        Message response = client.request(message(topic, payload));
        return responseType.cast(read(response, responseType));
    }

    /** The same without blocking. */
    public <T> CompletableFuture<T> requestAsync(String topic, Object payload, Class<T> responseType) {
        return client.requestAsync(message(topic, payload))
                .thenApply(response -> responseType.cast(read(response, responseType)));
    }

    private Object read(Message response, Type type) {
        try {
            return converters.read(response, type);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalArgumentException("the response can't be read: " + failure.getMessage(), failure);
        }
    }

    private Message message(String topic, Object payload) {
        try {
            return converters.write(topic, payload, client.protocol());
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalArgumentException("the payload can't be written: " + failure.getMessage(), failure);
        }
    }
}
