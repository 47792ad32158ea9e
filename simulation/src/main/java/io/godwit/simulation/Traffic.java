package io.godwit.simulation;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What client and broker do in a run: publishes in both directions, subscriptions that come and go. */
final class Traffic {
    /** This many publishes may have ended, and their futures not yet. */
    private static final int ENDING = 5;

    /** Bytes of the largest publish, with its topic. */
    private static final int LARGEST = 215;

    private final Surroundings world;
    private final Scheduler scheduler;
    private final RunSettings settings;
    private final Ledger ledger;
    private final Churn churn;
    private final ClientProcess process;

    Traffic(Surroundings world, Churn churn, ClientProcess process) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.settings = world.settings();
        this.ledger = world.ledger();
        this.churn = churn;
        this.process = process;
    }

    /** Spreads the whole traffic over some seconds. */
    void start() {
        RunSettings.Workload workload = settings.workload();
        for (int i = 0; i < workload.publishes(); i++) {
            scheduler.schedule(() -> publish(Qos.of(scheduler.random.nextInt(3))), scheduler.within(15_000));
        }
        for (int i = 0; i < workload.batches(); i++) {
            scheduler.schedule(this::publishBatch, scheduler.within(15_000));
        }
        if (workload.poison()) {
            scheduler.schedule(
                    () -> publish(Qos.of(1 + scheduler.random.nextInt(2)), Ledger.POISON), scheduler.within(15_000));
        }
        for (int i = 0; i < workload.messages(); i++) {
            scheduler.schedule(this::offer, scheduler.within(15_000));
        }
        for (int i = 0; i < workload.churns(); i++) {
            scheduler.schedule(this::churn, scheduler.within(15_000));
        }
    }

    CompletableFuture<PublishResult> publish(Qos qos) {
        return publish(qos, "x".repeat(scheduler.random.nextInt(200)));
    }

    private CompletableFuture<PublishResult> publish(Qos qos, String rest) {
        Message message = message(ledger.sentCount(), qos, rest);
        MqttClient client = process.client();
        CompletableFuture<PublishResult> publication = world.mutation()
                .result(client.publishAsync(message), task -> scheduler.schedule(task, scheduler.within(50)));
        CompletableFuture<Void> accepted = client.stored();
        if (world.trace().isOn()) {
            int number = ledger.sentCount();
            world.trace().add("publish " + number + " " + qos);
            publication.whenComplete(
                    (result, failure) -> world.trace().add("publish " + number + " ended: " + failure));
            accepted.whenComplete(
                    (result, failure) -> world.trace().add("publish " + number + " accepted: " + failure));
        }
        ledger.published(message, publication, accepted, scheduler.nanoTime());
        checkBounds();
        return publication;
    }

    private Message message(int number, Qos qos, String rest) {
        String text = Ledger.text('o', number) + rest;
        return new Message(
                "out/" + qos.level() + "/" + scheduler.random.nextInt(2),
                text.getBytes(StandardCharsets.UTF_8),
                qos,
                false,
                settings.workload().expiry() && scheduler.oneIn(3)
                        ? MqttProperties.of(Property.MESSAGE_EXPIRY_INTERVAL, 1L + scheduler.random.nextInt(12))
                        : MqttProperties.NONE);
    }

    /** Publishes some messages at once. */
    private void publishBatch() {
        int first = ledger.sentCount();
        int count = 1 + scheduler.random.nextInt(6);
        int lowest = scheduler.random.nextInt(3);
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Qos qos = Qos.of(lowest + scheduler.random.nextInt(3 - lowest));
            messages.add(message(first + i, qos, "x".repeat(scheduler.random.nextInt(200))));
        }
        MqttClient client = process.client();
        long refusedBefore = client.statistics().publishes().refused();
        CompletableFuture<PublishBatchResult> batch = world.mutation()
                .batch(client.publishAllAsync(messages), count, task -> scheduler.schedule(task, scheduler.within(50)));
        long refused = client.statistics().publishes().refused() - refusedBefore;
        CompletableFuture<Void> accepted = client.stored();
        if (world.trace().isOn()) {
            world.trace().add("publish " + first + " to " + (first + count - 1) + " as a batch");
            batch.whenComplete((result, failure) ->
                    world.trace().add("batch from " + first + " ended: " + (failure == null ? result : failure)));
        }
        List<CompletableFuture<PublishResult>> results =
                IntStream.range(0, count).mapToObj(i -> resultOf(batch, i)).toList();
        ledger.publishedTogether(messages, results, count - (int) refused, accepted, scheduler.nanoTime());
        checkBounds();
    }

    /** What a publish alone would have given. */
    private static CompletableFuture<PublishResult> resultOf(CompletableFuture<PublishBatchResult> batch, int index) {
        CompletableFuture<PublishResult> result = new CompletableFuture<>();
        batch.whenComplete((all, failure) -> {
            Throwable own = failure == null ? all.failures().get(index) : failure;
            if (own == null) {
                result.complete(all.get(index));
            } else {
                result.completeExceptionally(own);
            }
        });
        return result;
    }

    private void checkBounds() {
        if (process.handlers().isBehind()) {
            return;
        }
        RunSettings.Sending sending = settings.sending();
        if (ledger.outstanding() > sending.queued() + sending.maximumInFlight() + 20) {
            ledger.broken(ledger.outstanding() + " publishes are outstanding; the bounds are " + sending.queued()
                    + " queued and " + sending.maximumInFlight() + " in flight");
        }
        int most = sending.queuedBytes() + (sending.maximumInFlight() + ENDING) * LARGEST;
        if (ledger.outstandingBytes() > most) {
            ledger.broken(ledger.outstandingBytes() + " bytes are outstanding, and may be " + most);
        }
    }

    /** Subscribes or unsubscribes. */
    private void churn() {
        int number = scheduler.random.nextInt(Churn.TOPICS);
        String topic = Churn.topic(number);
        boolean subscribe = churn.isSubscribed(number) == scheduler.oneIn(4);
        world.trace().add((subscribe ? "subscribe " : "unsubscribe ") + topic);
        MqttClient client = process.client();
        CompletableFuture<?> answer = subscribe
                ? client.subscribeAsync(TopicSubscription.of(topic, Qos.EXACTLY_ONCE), message -> {})
                : client.unsubscribeAsync(topic);
        churn.asked(number, subscribe, answer);
    }

    private void offer() {
        Qos qos = Qos.of(scheduler.random.nextInt(3));
        if (scheduler.oneIn(5)) {
            offer(Ledger.ORPHAN, qos);
        } else if (settings.workload().churns() > 0 && scheduler.oneIn(2)) {
            int number = scheduler.random.nextInt(Churn.TOPICS);
            boolean taken = offer(Churn.topic(number), qos);
            if (!settings.broker().forgets()) {
                churn.published(number, taken);
            }
        } else {
            offer("in/" + qos.level() + "/" + scheduler.random.nextInt(2), qos);
        }
    }

    /** Publishes a message at the broker. Returns whether it has a session to give it to. */
    boolean offer(String topic, Qos qos) {
        String text = Ledger.text('i', ledger.incomingCount()) + "y".repeat(scheduler.random.nextInt(200));
        Message message = new Message(topic, text.getBytes(StandardCharsets.UTF_8), qos, false, MqttProperties.NONE);
        Ledger.Incoming incoming = ledger.offered(message);
        boolean taken = world.broker().publish(message) > 0;
        boolean orphan = topic.equals(Ledger.ORPHAN);
        incoming.orphan = taken && orphan;
        incoming.expected = taken && !orphan && !ledger.isSessionInDoubt() && !ledger.isQosLowered();
        return taken;
    }

    /** By now the broker has the subscriptions that the client believes in, whatever it has lost. */
    void checkSubscriptions() {
        for (int number = 0; number < Churn.TOPICS && !ledger.isSessionInDoubt(); number++) {
            churn.published(number, offer(Churn.topic(number), Qos.AT_MOST_ONCE));
        }
    }
}
