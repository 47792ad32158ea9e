package io.godwit.cli.shell;

import io.godwit.cli.output.Repeats;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A client under the name that it has in the shell, with what it is subscribed to. Safe for several threads. */
final class ShellClient {
    // Set once.
    private final String name;
    private final MqttClient client;
    private final ShellOutput output;

    private final Map<String, TopicSubscription> subscriptions = new ConcurrentSkipListMap<>();
    /** Messages that came and that no {@code wait} has counted. */
    private final Semaphore arrivals = new Semaphore(0);

    // Handler thread only.
    private final Repeats repeats = new Repeats();

    ShellClient(String name, MqttClient client, ShellOutput output) {
        this.name = name;
        this.client = client;
        this.output = output;
    }

    String name() {
        return name;
    }

    MqttClient mqtt() {
        return client;
    }

    Collection<TopicSubscription> subscriptions() {
        return subscriptions.values();
    }

    void subscribed(TopicSubscription subscription) {
        subscriptions.put(subscription.filter().text(), subscription);
    }

    void unsubscribed(String filter) {
        subscriptions.remove(filter);
    }

    /** The handler of all its messages; of one that matches several filters it hears several times in a row. */
    void arrived(Message message) {
        if (!repeats.isRepeat(message)) {
            output.message(name, message);
            arrivals.release();
        }
    }

    /** Waits until so many messages have come that no call before has counted; false: time ran out. */
    boolean await(int messages, Duration limit) throws InterruptedException {
        return arrivals.tryAcquire(messages, limit.toNanos(), TimeUnit.NANOSECONDS);
    }
}
