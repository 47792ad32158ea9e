package io.godwit.web.source;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Collects retained messages. No packet marks the last one, and brokers drop what exceeds their queue for a client, which
 * for Mosquitto is 1,000 messages of QoS 1 and 2. So this subscribes with QoS 0, which brokers send as fast as it is read,
 * takes a pause for the end, and where there are many, subscribes again until nothing new comes. A broker that sends topics again and
 * again delays the end no longer, and what takes half of the heap ends in an error.
 */
public final class RetainedScan {
    /** From here on a broker's queue may have cut the list. */
    public static final int MANY = 500;

    private static final int PASSES = 6;
    private static final int FILTERS_IN_A_PACKET = 100;
    /** What a message takes beside its topic and payload, roughly. */
    private static final int PER_MESSAGE = 200;

    // Set once.
    private final MqttClient client;
    private final MqttProperties properties;
    private final Duration pause;
    private final long most;

    private boolean complete = true;

    /**
     * @param properties of SUBSCRIBE
     * @param pause after which no further message is expected
     */
    public RetainedScan(MqttClient client, MqttProperties properties, Duration pause) {
        this(client, properties, pause, Runtime.getRuntime().maxMemory() / 2);
    }

    /** @param most bytes of topics and payloads */
    RetainedScan(MqttClient client, MqttProperties properties, Duration pause, long most) {
        this.client = client;
        this.properties = properties;
        this.pause = pause;
        this.most = most;
    }

    /** Whether the last pass brought nothing new, as far as can be told. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * The retained messages that match, by topic. Their QoS is 0, see {@link #withQos}.
     *
     * @throws IllegalStateException if they take more than half of the heap
     */
    public Map<String, Message> messages(List<String> filters) throws InterruptedException, ExecutionException {
        Map<String, Message> found = new ConcurrentSkipListMap<>();
        List<TopicSubscription> subscriptions = filters.stream()
                .map(filter -> TopicSubscription.of(filter, Qos.AT_MOST_ONCE))
                .toList();
        for (int pass = 1; pass <= PASSES; pass++) {
            int before = found.size();
            pass(subscriptions, found);
            complete = found.size() < MANY || found.size() == before;
            if (complete) {
                break;
            }
        }
        return found;
    }

    private void pass(List<TopicSubscription> subscriptions, Map<String, Message> found)
            throws InterruptedException, ExecutionException {
        AtomicLong lastAt = new AtomicLong(System.nanoTime());
        AtomicLong bytes = new AtomicLong();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Subscription subscription = client.subscribeAsync(subscriptions, properties, message -> {
                    if (message.retain() && bytes.get() <= most && seen.add(message.topic())) {
                        found.put(message.topic(), message);
                        bytes.addAndGet(message.topic().length() + message.payload().length + PER_MESSAGE);
                        lastAt.set(System.nanoTime());
                    }
                })
                .get();
        lastAt.accumulateAndGet(System.nanoTime(), (last, now) -> now);
        for (long left = pause.toNanos();
                left > 0 && bytes.get() <= most;
                left = lastAt.get() + pause.toNanos() - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
        subscription.close();
        if (bytes.get() > most) {
            throw new IllegalStateException("the retained messages take more than " + (most >> 20)
                    + " MB: use a narrower filter, or allow Java a larger heap with GODWIT_OPTS=-Xmx");
        }
    }

    /** The same messages with the QoS that they were published with: fetches them again, a few at a time. */
    public Map<String, Message> withQos(Map<String, Message> found) throws InterruptedException, ExecutionException {
        Map<String, Message> exact = new ConcurrentSkipListMap<>(found);
        List<String> topics = new ArrayList<>(found.keySet());
        for (int from = 0; from < topics.size(); from += FILTERS_IN_A_PACKET) {
            List<String> some = topics.subList(from, Math.min(topics.size(), from + FILTERS_IN_A_PACKET));
            Map<String, Boolean> missing = new ConcurrentHashMap<>();
            some.forEach(topic -> missing.put(topic, true));
            CountDownLatch all = new CountDownLatch(some.size());
            Subscription subscription = client.subscribeAsync(
                            some.stream()
                                    .map(topic -> TopicSubscription.of(topic, Qos.EXACTLY_ONCE))
                                    .toList(),
                            properties,
                            message -> {
                                if (message.retain() && missing.remove(message.topic()) != null) {
                                    exact.put(message.topic(), message);
                                    all.countDown();
                                }
                            })
                    .get();
            complete &= all.await(pause.toNanos(), TimeUnit.NANOSECONDS);
            subscription.close();
        }
        return exact;
    }
}
