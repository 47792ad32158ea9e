package io.godwit.cli.bench;

import io.godwit.cli.bench.Tally.Count;
import io.godwit.cli.bench.Timeline.Phase;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * One run from the first connection to the last DISCONNECT: connect, subscribe, warm up, measure, wait for what is missing,
 * check the accounts.
 */
public final class BenchRun {
    private static final long LOOK_MILLIS = 20;
    private static final int FILTERS_IN_A_PACKET = 100;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** The same, and for what is in flight, once the run was stopped: its result is to be printed before the JVM ends. */
    private static final Duration STOPPED_LIMIT = Duration.ofSeconds(5);
    /** By schedule, what the broker does not take yet waits in the client up to here, and counts as latency. */
    private static final int QUEUE_MESSAGES = 1_000_000;

    private static final long QUEUE_BYTES = 256L * 1024 * 1024;

    // Set once.
    private final BenchPlan plan;
    private final BenchClients clients;
    private final BenchClients.Maker maker;
    private final NetworkUse network;
    private final LoadTest bench;
    private final Fleet fleet;
    private final Timeline timeline;
    private final ProcessUse use = new ProcessUse();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Recorder subscribeTimes = new Recorder(Tally.LONGEST, Tally.DIGITS);
    private final Recorder unsubscribeTimes = new Recorder(Tally.LONGEST, Tally.DIGITS);

    // The running thread only.
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private @Nullable SharedCheck shared;
    private int refused;

    /** The least QoS that a subscription was granted. Any thread. */
    private final AtomicInteger granted;

    /**
     * @param clients makes each client; what a load generator needs is set here
     * @param servers the brokers
     * @param live receives the progress at regular intervals, on a thread of its own
     */
    public BenchRun(BenchPlan plan, BenchClients clients, List<ServerAddress> servers, Consumer<Timeline.Sample> live) {
        this.plan = plan;
        this.clients = clients;
        this.maker = clients.of(plan);
        this.network = NetworkUse.towards(servers);
        this.bench = new LoadTest(plan);
        this.fleet = new Fleet(plan.connections(), bench.problems());
        this.timeline = new Timeline(bench, fleet, use, live);
        this.granted = new AtomicInteger(plan.delivered().level());
        clients.builder()
                .listener(fleet)
                .handlersOnEventLoop()
                .maximumInFlight(plan.inFlight())
                .queue(QUEUE_MESSAGES, QUEUE_BYTES, WhenFull.FAIL);
    }

    /** Ends the run early; it still waits for what is in flight, and sums up. Any thread. */
    public void stop() {
        stop.countDown();
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /**
     * Runs.
     *
     * @throws Exception when not one connection could be made, or not one subscription; the first failure
     */
    public BenchResult run() throws Exception {
        Instant started = Instant.now();
        timeline.begin();
        try {
            fleet.connect(maker::client, plan.ramp(), plan.connecting(), this::isStopped);
            if (fleet.made() == 0 && !isStopped()) {
                throw firstProblem();
            }
            timeline.enter(Phase.SUBSCRIBING);
            subscribe();
            load();
            timeline.enter(Phase.DRAINING);
            drain();
            unsubscribe();
        } finally {
            timeline.enter(Phase.CLOSING);
            timeline.end();
            publishers.forEach(Publisher::closing);
        }
        long up = fleet.up();
        fleet.close(isStopped() ? STOPPED_LIMIT : CLOSE_LIMIT);
        return result(started, up);
    }

    private Exception firstProblem() {
        Throwable first = bench.problems().first();
        return first instanceof Exception failure ? failure : new IllegalStateException("nothing was connected", first);
    }

    // ---- the clients: subscribers first, so that they are there before the publishers ----

    private void subscribe() throws Exception {
        shared = plan.shareName() == null ? null : new SharedCheck(plan.publishers());
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < plan.subscribers(); i++) {
            MqttClient client = fleet.client(i);
            if (client != null) {
                Subscriber subscriber = new Subscriber(i, bench, shared);
                subscribers.add(subscriber);
                for (List<TopicSubscription> packet : packets(i)) {
                    long begun = System.nanoTime();
                    answers.add(client.subscribeAsync(packet, subscriber).whenComplete((subscription, failure) -> {
                        note(subscription, failure);
                        if (failure == null) {
                            subscribeTimes.recordValue(within(System.nanoTime() - begun));
                        }
                    }));
                }
            }
        }
        for (CompletableFuture<?> answer : answers) {
            try {
                answer.get(1, TimeUnit.MINUTES);
            } catch (ExecutionException e) {
                refused++; // the problem is noted
            }
        }
        if (refused > 0 && refused == answers.size()) {
            throw firstProblem();
        }
    }

    /** To see how long it takes. A run that was stopped does not wait for it. */
    private void unsubscribe() throws InterruptedException {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < plan.subscribers() && !isStopped(); i++) {
            MqttClient client = fleet.client(i);
            if (client == null || !client.isConnected()) {
                continue;
            }
            for (List<TopicSubscription> packet : packets(i)) {
                String[] filters = packet.stream()
                        .map(subscription -> subscription.filter().text())
                        .toArray(String[]::new);
                long begun = System.nanoTime();
                answers.add(client.unsubscribeAsync(filters)
                        .thenRun(() -> unsubscribeTimes.recordValue(within(System.nanoTime() - begun))));
            }
        }
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            bench.problems().add("not unsubscribed", e);
        }
    }

    private static long within(long nanos) {
        return Math.max(0, Math.min(Tally.LONGEST, nanos));
    }

    private List<List<TopicSubscription>> packets(int subscriber) {
        List<String> filters = plan.topics().filters(plan.topic(), subscriber, plan.subscribers(), plan.publishers());
        List<List<TopicSubscription>> packets = new ArrayList<>();
        for (int from = 0; from < filters.size(); from += FILTERS_IN_A_PACKET) {
            packets.add(filters.subList(from, Math.min(filters.size(), from + FILTERS_IN_A_PACKET)).stream()
                    .map(filter -> TopicSubscription.of(
                            plan.shareName() == null ? filter : "$share/" + plan.shareName() + "/" + filter,
                            plan.subscribeQos()))
                    .toList());
        }
        return packets;
    }

    private void note(@Nullable Subscription subscription, @Nullable Throwable failure) {
        if (subscription == null) {
            bench.problems().add("not subscribed", failure != null ? failure : new IllegalStateException("no answer"));
            return;
        }
        for (ReasonCode reason : subscription.reasons()) {
            if (reason.isError()) {
                bench.problems().add("not subscribed: " + reason.describe());
            } else if (reason.code() < plan.subscribeQos().level()) {
                granted.accumulateAndGet(reason.code(), Math::min);
                bench.problems()
                        .add("the broker granted QoS " + reason.code() + " instead of "
                                + plan.subscribeQos().level());
            }
        }
    }

    // ---- the load ----

    private void load() throws InterruptedException {
        for (int i = 0; i < plan.publishers(); i++) {
            MqttClient client = fleet.client(plan.subscribers() + i);
            if (client != null) {
                publishers.add(new Publisher(i, bench, client, clients.identity(plan.subscribers() + i)));
            }
        }
        timeline.watch(publishers);
        long start = System.nanoTime();
        Duration duration = plan.duration();
        long from = start + plan.warmUp().toNanos();
        long end = duration == null ? start + Long.MAX_VALUE / 2 : from + duration.toNanos();
        bench.window().opensAt(from);
        timeline.enter(plan.warmUp().isZero() ? Phase.MEASURING : Phase.WARMING_UP);
        List<Thread> senders = startSenders(start, end);
        if (!plan.warmUp().isZero()) {
            await(() -> System.nanoTime() - from >= 0);
            timeline.enter(Phase.MEASURING);
        }
        use.start();
        network.start();
        Disturber disturber = new Disturber(plan.disturbance(), plan.connections(), this::cut);
        disturber.start();
        if (plan.publishers() > 0) {
            await(() -> senders.stream().noneMatch(Thread::isAlive));
        } else {
            await(() -> System.nanoTime() - end >= 0
                    || plan.count() > 0 && bench.tallies().sum(Count.RECEIVED) >= plan.count());
        }
        disturber.close();
        use.stop();
        network.stop();
        stop(senders);
    }

    private void cut(int index) {
        if (fleet.cutting(index)) {
            maker.cut(index);
        }
    }

    private List<Thread> startSenders(long start, long end) {
        int count = Math.min(publishers.size(), Runtime.getRuntime().availableProcessors());
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Publisher> own = new ArrayList<>();
            for (int p = i; p < publishers.size(); p += count) {
                own.add(publishers.get(p));
            }
            // the first messages of the threads lie evenly in the time between two messages of one
            long offset = plan.rate() > 0 ? (long) (i * 1e9 / (plan.rate() * publishers.size())) : 0;
            Thread thread = new Thread(
                    new Sender(own, plan.rate(), start + offset, end, this::isStopped), "godwit-bench-sender-" + i);
            thread.setDaemon(true);
            thread.start();
            senders.add(thread);
        }
        return senders;
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        while (!isStopped() && !condition.getAsBoolean()) {
            stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void stop(List<Thread> senders) throws InterruptedException {
        for (Thread sender : senders) {
            sender.join();
        }
    }

    /** Waits until all is answered and all has come, or nothing comes any more; not for long once it was stopped. */
    private void drain() throws InterruptedException {
        long before = -1;
        long changed = System.nanoTime();
        long stopped = 0;
        while (System.nanoTime() - changed < plan.drain().toNanos()) {
            if (isStopped()) {
                stopped = stopped == 0 ? System.nanoTime() : stopped;
                if (System.nanoTime() - stopped >= STOPPED_LIMIT.toNanos()) {
                    return;
                }
            }
            long inFlight = publishers.stream().mapToLong(Publisher::inFlight).sum();
            long unique = bench.tallies().sum(Count.UNIQUE);
            if (inFlight == 0 && unique >= expected() && fleet.away() == 0) {
                return;
            }
            long progress = unique - inFlight - fleet.away();
            if (progress != before) {
                before = progress;
                changed = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    // ---- the accounts ----

    private long hearers(Publisher publisher) {
        if (shared != null) {
            return subscribers.isEmpty() ? 0 : 1;
        }
        return subscribers.stream()
                .filter(subscriber -> hears(subscriber, publisher))
                .count();
    }

    private boolean hears(Subscriber subscriber, Publisher publisher) {
        return plan.topics().hears(subscriber.index(), publisher.index(), plan.subscribers(), plan.publishers());
    }

    private long expected() {
        return publishers.stream()
                .mapToLong(publisher -> publisher.accepted() * hearers(publisher))
                .sum();
    }

    private BenchResult result(Instant started, long up) {
        BenchResult.Connections connections = new BenchResult.Connections(
                fleet.size(),
                fleet.made(),
                fleet.failed(),
                fleet.lost(),
                up,
                fleet.seconds(),
                Distribution.of(fleet.times()));
        BenchResult.Published published = published();
        BenchResult.Received received = received();
        BenchResult.Client client = use.result(timeline.machineLoad());
        Distribution lag = timeline.lag();
        Distribution acknowledgement = plan.qos() == Qos.AT_MOST_ONCE ? Distribution.NONE : timeline.acknowledgement();
        BenchResult.Sessions sessions = new BenchResult.Sessions(
                fleet.cuts(),
                Distribution.of(fleet.reconnects()),
                Distribution.of(subscribeTimes.getIntervalHistogram()),
                Distribution.of(unsubscribeTimes.getIntervalHistogram()));
        BenchResult.Verdict verdict = new Verdict(plan, Qos.of(granted.get()), refused, bench.problems(), isStopped())
                .judge(connections, published, received, client, lag);
        return new BenchResult(
                plan,
                started,
                connections,
                published,
                received,
                timeline.endToEnd(),
                acknowledgement,
                lag,
                sessions,
                client,
                bench.problems().counts(),
                verdict,
                LimitFinder.find(plan, published, client, acknowledgement, lag, network.use(), network.isLocal()),
                timeline.history());
    }

    private BenchResult.Published published() {
        Tallies tallies = bench.tallies();
        double seconds = span(tallies.latest(Count.LAST_ENDED));
        return new BenchResult.Published(
                tallies.sum(Count.SENT),
                tallies.sum(Count.ENDED),
                tallies.sum(Count.FAILED),
                publishers.stream().mapToLong(Publisher::unanswered).sum(),
                seconds > 0 ? tallies.sum(Count.ENDED_MEASURED) / seconds : 0,
                seconds > 0 ? tallies.sum(Count.BYTES_OUT_MEASURED) / seconds : 0);
    }

    private BenchResult.Received received() {
        Tallies tallies = bench.tallies();
        if (!plan.numbersMessages()) {
            return counted();
        }
        long lost = 0;
        long duplicates = 0;
        long outOfOrder = 0;
        for (Subscriber subscriber : subscribers) {
            subscriber.unique(); // what this reads was written before
            outOfOrder += subscriber.behind();
        }
        for (Publisher publisher : publishers) {
            if (shared != null) {
                SequenceCheck check = shared.check(publisher.index());
                duplicates += check.duplicates();
                lost += subscribers.isEmpty() ? 0 : publisher.lost(check);
                continue;
            }
            for (Subscriber subscriber : subscribers) {
                if (hears(subscriber, publisher)) {
                    SequenceCheck check = subscriber.check(publisher.index());
                    duplicates += check.duplicates();
                    outOfOrder += check.outOfOrder();
                    lost += publisher.lost(check);
                }
            }
        }
        double seconds = span(tallies.latest(Count.LAST_RECEIVED));
        return new BenchResult.Received(
                expected(),
                tallies.sum(Count.RECEIVED),
                tallies.sum(Count.UNIQUE),
                lost,
                duplicates,
                outOfOrder,
                tallies.sum(Count.OTHER),
                seconds > 0 ? tallies.sum(Count.RECEIVED_MEASURED) / seconds : 0,
                seconds > 0 ? tallies.sum(Count.BYTES_IN_MEASURED) / seconds : 0);
    }

    /** Messages without numbers are only counted. */
    private BenchResult.Received counted() {
        Tallies tallies = bench.tallies();
        long all = tallies.sum(Count.RECEIVED);
        double seconds = span(tallies.latest(Count.LAST_RECEIVED));
        return new BenchResult.Received(
                expected(),
                all,
                all,
                subscribers.isEmpty() ? 0 : Math.max(0, expected() - all),
                0,
                0,
                0,
                seconds > 0 ? tallies.sum(Count.RECEIVED_MEASURED) / seconds : 0,
                seconds > 0 ? tallies.sum(Count.BYTES_IN_MEASURED) / seconds : 0);
    }

    /** Seconds from where the measuring began to the last event of its kind, 0 when there was none. */
    private double span(long last) {
        return last == 0 ? 0 : (last - bench.window().from()) / 1e9;
    }
}
