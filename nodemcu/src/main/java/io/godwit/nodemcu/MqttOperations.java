package io.godwit.nodemcu;

import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publish, subscribe and unsubscribe on a connection: checks the arguments, starts the operation, and calls its callback
 * when it completes. A callback takes its slot only if the operation was accepted.
 */
final class MqttOperations {

    private final Mqtt client;
    private final MqttCallbacks callbacks;
    private final Profile profile;

    MqttOperations(Mqtt client, MqttCallbacks callbacks) {
        this.client = client;
        this.callbacks = callbacks;
        this.profile = client.settings().profile();
    }

    boolean publish(
            DeviceConnection now,
            String topic,
            byte[] payload,
            int qos,
            boolean retain,
            @Nullable Consumer<Mqtt> done) {
        String fault = qos < 0 || qos > 2 ? invalidQos(qos) : TopicName.fault(topic);
        if (fault != null) {
            return refused("publish: " + fault);
        }
        Message message = Message.of(topic, payload).withQos(Qos.of(qos)).withRetain(retain);
        return operation(
                "publish",
                callbacks.published,
                done,
                () -> now.publish(message),
                (result, problem) -> complete(now, callbacks.published, problem == null, qos > 0));
    }

    boolean subscribe(DeviceConnection now, Map<String, Integer> topics, @Nullable Consumer<Mqtt> done) {
        List<TopicSubscription> subscriptions = new ArrayList<>();
        for (Map.Entry<String, Integer> entry : topics.entrySet()) {
            int qos = entry.getValue();
            String fault = qos < 0 || qos > 2 ? invalidQos(qos) : TopicFilter.fault(entry.getKey());
            if (fault != null) {
                return refused("subscribe: " + fault);
            }
            subscriptions.add(TopicSubscription.of(entry.getKey(), Qos.of(qos)));
        }
        if (subscriptions.isEmpty()) {
            return refused("subscribe: no topics");
        }
        boolean accepted = operation(
                "subscribe",
                callbacks.subscribed,
                done,
                () -> now.subscribe(subscriptions),
                (granted, problem) -> complete(now, callbacks.subscribed, granted(topics, granted, problem), true));
        return accepted && !profile.isStrict();
    }

    /** Whether the broker granted every subscription; warns if not. */
    private boolean granted(Map<String, Integer> topics, @Nullable Subscription granted, @Nullable Throwable problem) {
        if (problem != null || granted == null) {
            return refused("subscribe: " + (problem == null ? "no answer" : problem.getMessage()));
        }
        if (granted.reasons().stream().noneMatch(ReasonCode::isError)) {
            return true;
        }
        return refused("subscribe: the broker refused some of " + topics.keySet());
    }

    boolean unsubscribe(DeviceConnection now, List<String> topics, @Nullable Consumer<Mqtt> done) {
        for (String topic : topics) {
            String fault = TopicFilter.fault(topic);
            if (fault != null) {
                return refused("unsubscribe: " + fault);
            }
        }
        if (topics.isEmpty()) {
            return refused("unsubscribe: no topics");
        }
        boolean accepted = operation(
                "unsubscribe",
                callbacks.unsubscribed,
                done,
                () -> now.unsubscribe(topics),
                (ignored, problem) -> complete(now, callbacks.unsubscribed, problem == null, true));
        return accepted && !profile.isStrict();
    }

    private static String invalidQos(int qos) {
        return "invalid QoS " + qos + ": must be 0, 1 or 2";
    }

    private boolean refused(String why) {
        client.warnings().warn(WarningType.REFUSED, why);
        return false;
    }

    /** Starts an operation; its function takes the slot only if the operation was accepted. */
    private <T> boolean operation(
            String call,
            CallbackSlot slot,
            @Nullable Consumer<Mqtt> done,
            Supplier<CompletableFuture<T>> start,
            BiConsumer<? super T, ? super @Nullable Throwable> completed) {
        return client.order().start(() -> startAndAttach(call, slot, done, start, completed));
    }

    private <T> boolean startAndAttach(
            String call,
            CallbackSlot slot,
            @Nullable Consumer<Mqtt> done,
            Supplier<CompletableFuture<T>> start,
            BiConsumer<? super T, ? super @Nullable Throwable> completed) {
        CompletableFuture<T> future;
        try {
            future = start.get();
        } catch (IllegalArgumentException e) {
            return refused(call + ": " + e.getMessage());
        }
        if (future.isCompletedExceptionally()) {
            return refused(call + ": " + reason(future));
        }
        if (callbacks.begin(slot, done)) {
            client.warnings()
                    .warn(
                            WarningType.REPLACED_CALLBACK,
                            call
                                    + "() before the one before it has completed: only the last function is called, for both");
        }
        client.then(future, completed);
        return true;
    }

    private static String reason(CompletableFuture<?> failed) {
        try {
            failed.getNow(null);
            return "";
        } catch (CompletionException e) {
            return String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        } catch (CancellationException e) {
            return "cancelled";
        }
    }

    private void complete(DeviceConnection from, CallbackSlot slot, boolean success, boolean acknowledged) {
        if (!client.isCurrent(from)) {
            return;
        }
        if (slot == callbacks.published && success) {
            client.published();
        }
        callbacks.end(slot, success, acknowledged);
    }
}
