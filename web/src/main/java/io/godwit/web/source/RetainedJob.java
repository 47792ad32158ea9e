package io.godwit.web.source;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the retained messages below a filter, clears exactly those that were counted, and publishes them again to undo that. Each
 * step asks the broker over a connection of its own and says what the broker has done, not what it was asked to do.
 */
public final class RetainedJob {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int AT_ONCE = 500;

    /** Is told how far a step is. */
    public interface Progress {
        void done(int done, int total);
    }

    /** What a step has done; {@code left} were not, for the reason of {@code text}. */
    public record Outcome(int done, int left, @Nullable String text) {}

    // Set once.
    private final LiveBroker broker;
    private final String filter;
    private final Map<String, Message> messages;
    private final boolean complete;

    private RetainedJob(LiveBroker broker, String filter, Map<String, Message> messages, boolean complete) {
        this.broker = broker;
        this.filter = filter;
        this.messages = messages;
        this.complete = complete;
    }

    /**
     * Asks the broker what it has retained. Blocks for a second at least.
     *
     * @throws IllegalArgumentException if it is not a topic filter
     */
    public static RetainedJob count(LiveBroker broker, String filter) throws InterruptedException, ExecutionException {
        TopicFilter.of(filter);
        try (MqttClient client = broker.another()) {
            RetainedScan scan = new RetainedScan(client, MqttProperties.NONE, PAUSE);
            Map<String, Message> found = scan.withQos(scan.messages(List.of(filter)));
            return new RetainedJob(broker, filter, found, scan.isComplete());
        }
    }

    public Collection<Message> messages() {
        return messages.values();
    }

    /** Whether the broker sent the same messages each time it was asked. */
    public boolean isComplete() {
        return complete;
    }

    /** Bytes of topics and payloads. */
    public long bytes() {
        return messages.values().stream()
                .mapToLong(each -> each.payload().length + each.topic().length())
                .sum();
    }

    /** Clears what was counted. */
    public Outcome clear(Progress progress) throws InterruptedException, ExecutionException {
        List<Message> clearing = messages.keySet().stream()
                .map(topic -> Message.clearRetained(topic).withQos(Qos.AT_LEAST_ONCE))
                .toList();
        return publish(clearing, progress, "the broker does not allow it", after -> {
            after.keySet().retainAll(messages.keySet());
            return after.size();
        });
    }

    /** Publishes what was cleared again, with payload, QoS and properties. */
    public Outcome undo(Progress progress) throws InterruptedException, ExecutionException {
        List<Message> restoring =
                messages.values().stream().map(each -> each.withRetain(true)).toList();
        return publish(restoring, progress, "the broker does not allow it", after -> {
            List<String> missing = new ArrayList<>(messages.keySet());
            missing.removeAll(after.keySet());
            return missing.size();
        });
    }

    /** Says from what is retained now how many are not done. */
    private interface Rest {
        int of(Map<String, Message> after);
    }

    private Outcome publish(List<Message> all, Progress progress, String otherwise, Rest rest)
            throws InterruptedException, ExecutionException {
        try (MqttClient client = broker.another()) {
            String failure = null;
            for (int from = 0; from < all.size(); from += AT_ONCE) {
                List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
                for (Message message : all.subList(from, Math.min(all.size(), from + AT_ONCE))) {
                    sent.add(client.publishAsync(message));
                }
                for (CompletableFuture<PublishResult> each : sent) {
                    failure = failureOf(each, failure);
                }
                progress.done(Math.min(all.size(), from + AT_ONCE), all.size());
            }
            // MQTT 3.1.1 acknowledges what is not allowed too, so look again.
            RetainedScan scan = new RetainedScan(client, MqttProperties.NONE, PAUSE);
            int left = rest.of(scan.messages(List.of(filter)));
            return new Outcome(all.size() - left, left, left == 0 ? null : failure != null ? failure : otherwise);
        }
    }

    private static @Nullable String failureOf(CompletableFuture<PublishResult> sent, @Nullable String before)
            throws InterruptedException {
        try {
            sent.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return before;
        } catch (ExecutionException e) {
            return String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        } catch (TimeoutException e) {
            return "the broker did not acknowledge within " + LIMIT.toSeconds() + " s";
        }
    }
}
