package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Requests under way, by their correlation data. One subscription, made with the first request and shared by all, receives
 * the responses. Any thread.
 */
final class Requests {
    // Set once.
    private final MqttClient client;
    private final BiFunction<String, MessageHandler, CompletableFuture<Subscription>> subscribe;

    // Any thread.
    private final Map<String, CompletableFuture<Message>> open = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();
    /** Completes with the topic once the broker has granted the subscription. */
    private final AtomicReference<@Nullable CompletableFuture<String>> responseTopic = new AtomicReference<>();

    /** @param subscribe subscribes a handler that is called ahead of the messages that wait for others */
    Requests(MqttClient client, BiFunction<String, MessageHandler, CompletableFuture<Subscription>> subscribe) {
        this.client = client;
        this.subscribe = subscribe;
    }

    CompletableFuture<Message> send(Message request) {
        String correlation = Long.toString(next.incrementAndGet(), 36);
        CompletableFuture<Message> response = new CompletableFuture<>();
        open.put(correlation, response);
        response.whenComplete((message, failure) -> open.remove(correlation));
        responseTopic()
                .thenCompose(topic -> client.publishAsync(request.withResponseTopic(topic)
                        .withCorrelationData(correlation.getBytes(StandardCharsets.US_ASCII))))
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        response.completeExceptionally(
                                failure instanceof CompletionException && failure.getCause() != null
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

    /** The topic of the one subscription. Whoever finds none makes it; all others wait for that. */
    private CompletableFuture<String> responseTopic() {
        CompletableFuture<String> mine = new CompletableFuture<>();
        CompletableFuture<String> present =
                responseTopic.updateAndGet(made -> made == null || made.isCompletedExceptionally() ? mine : made);
        if (present == mine) {
            ConnectResult connection = client.connection();
            String base = connection == null ? null : connection.properties().get(Property.RESPONSE_INFORMATION);
            String name = (base == null ? "response" : base.replaceAll("/+$", "")) + "/" + UUID.randomUUID();
            subscribe.apply(name, this::received).whenComplete((subscription, failure) -> {
                if (failure != null) {
                    mine.completeExceptionally(failure);
                } else {
                    mine.complete(name);
                }
            });
        }
        return present == null ? mine : present;
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
