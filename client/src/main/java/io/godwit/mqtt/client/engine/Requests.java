package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Requests under way, by their correlation data. One subscription, made with the first request and shared by all, receives
 * the responses.
 */
final class Requests {
    private final Map<String, CompletableFuture<Message>> open = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();
    private volatile @Nullable CompletableFuture<String> responseTopic;

    CompletableFuture<Message> send(MqttClient client, Message request) {
        String correlation = Long.toString(next.incrementAndGet(), 36);
        CompletableFuture<Message> response = new CompletableFuture<>();
        open.put(correlation, response);
        response.whenComplete((message, failure) -> open.remove(correlation));
        responseTopic(client)
                .thenCompose(topic -> client.publishAsync(request.withResponseTopic(topic)
                        .withCorrelationData(correlation.getBytes(StandardCharsets.US_ASCII))))
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        response.completeExceptionally(
                                failure instanceof java.util.concurrent.CompletionException
                                                && failure.getCause() != null
                                        ? failure.getCause()
                                        : failure);
                    }
                });
        return response;
    }

    /** How many requests wait for their response. */
    int waiting() {
        return open.size();
    }

    private CompletableFuture<String> responseTopic(MqttClient client) {
        CompletableFuture<String> topic = responseTopic;
        if (topic != null && !topic.isCompletedExceptionally()) {
            return topic;
        }
        ConnectResult connection = client.connection();
        String base = connection == null ? null : connection.properties().get(Property.RESPONSE_INFORMATION);
        String name = (base == null ? "response" : base.replaceAll("/+$", "")) + "/" + UUID.randomUUID();
        topic = client.subscribeAsync(name, Qos.AT_LEAST_ONCE, new Responses()).thenApply(made -> name);
        responseTopic = topic;
        return topic;
    }

    /** Receives the responses, ahead of the messages that wait for other handlers. */
    final class Responses implements MessageHandler {
        @Override
        public void handle(Message message) {
            received(message);
        }
    }

    private void received(Message response) {
        byte[] correlation = response.correlationData();
        CompletableFuture<Message> waiting =
                correlation == null ? null : open.get(new String(correlation, StandardCharsets.US_ASCII));
        if (waiting != null) {
            waiting.complete(response);
        }
    }
}
