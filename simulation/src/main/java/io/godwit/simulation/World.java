package io.godwit.simulation;

import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.mqtt.store.RecoveryReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: a client that publishes and receives, its disk, the network and the broker, all drawn from one seed, with what
 * breaks and when. After a while nothing breaks any more; then everything has to settle, and the promises are checked.
 */
final class World {
    private static final String CLIENT = "godwit";
    private static final Path FOLDER = Path.of("state");
    private static final long MILLIS = 1_000_000L;
    private static final long SECONDS = 1_000 * MILLIS;

    /** How long things break, and how long they then may take to settle. */
    private static final long BREAKING = 20 * SECONDS;

    private static final long SETTLING = 600 * SECONDS;
    private static final long CLOSING = 120 * SECONDS;

    /** So many publishes may have ended, and their futures not yet. */
    private static final int ENDING = 5;

    /** Bytes of the largest publish, with its topic. */
    private static final int LARGEST = 215;

    private final Scheduler scheduler;
    private final Settings settings;
    private final Sabotage sabotage;
    private final @Nullable Consumer<String> trace;
    private final Ledger ledger;
    private final WireRules rules;
    private final Churn churn;
    private final SimulatedDisk disk;
    private final SessionStore memory;
    private final DiskThread diskThread = new DiskThread();
    private final LocalBroker broker;
    private final SimulatedLoop loop;

    private SimulatedTransport transport;
    private MqttClient client;
    private int process;
    private boolean stopping;

    /** What is drawn for a run. */
    record Settings(
            ProtocolVersion version,
            boolean onDisk,
            boolean crashes,
            boolean brokerForgets,
            SessionLoss sessionLoss,
            int maximumInFlight,
            int queued,
            int queuedBytes,
            WhenFull whenFull,
            boolean manual,
            boolean onLoop,
            int handlerFailsOneIn,
            long latency,
            long diskLatency,
            int duplicateOneIn,
            int keepAlive,
            int publishes,
            int messages,
            int faults,
            int brokerReceiveMaximum,
            int inbox,
            boolean expiry,
            int churns) {
        static Settings draw(SplittableRandom random) {
            ProtocolVersion version = ProtocolVersion.values()[random.nextInt(3)];
            boolean onDisk = random.nextInt(5) != 0;
            boolean crashes = onDisk && random.nextInt(3) != 0;
            return new Settings(
                    version,
                    onDisk,
                    crashes,
                    version != ProtocolVersion.V3_1 && random.nextInt(4) == 0,
                    SessionLoss.values()[random.nextInt(3)],
                    random.nextInt(4) == 0 ? 100 : 1 + random.nextInt(6),
                    random.nextInt(4) == 0 ? random.nextInt(5) : 10_000,
                    random.nextInt(4) == 0 ? 200 + random.nextInt(1_500) : 1 << 20,
                    crashes || random.nextBoolean() ? WhenFull.FAIL : WhenFull.values()[random.nextInt(4)],
                    random.nextInt(3) == 0,
                    random.nextInt(4) == 0,
                    random.nextBoolean() ? 10 : Integer.MAX_VALUE,
                    1 + random.nextInt(40),
                    1 + random.nextInt(20),
                    random.nextBoolean() ? 8 : Integer.MAX_VALUE,
                    2 + random.nextInt(10),
                    5 + random.nextInt(40),
                    5 + random.nextInt(40),
                    random.nextInt(9),
                    random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1_000,
                    random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 8_192,
                    version == ProtocolVersion.V5 && random.nextBoolean(),
                    random.nextBoolean() ? 1 + random.nextInt(12) : 0);
        }
    }

    /** @param trace is told what happens; null: nobody */
    World(long seed, Sabotage sabotage, @Nullable Consumer<String> trace) {
        this.trace = trace;
        SplittableRandom random = new SplittableRandom(seed);
        this.settings = Settings.draw(random);
        this.scheduler = new Scheduler(random);
        this.sabotage = sabotage;
        this.ledger = new Ledger(settings.sessionLoss);
        this.rules = new WireRules(ledger, settings.version);
        this.churn = new Churn(ledger, settings.brokerForgets);
        this.disk = new SimulatedDisk(random);
        this.memory = SessionStore.inMemory();
        this.broker = new LocalBroker(
                scheduler,
                BrokerSettings.defaults()
                        .receiveMaximum(settings.brokerReceiveMaximum)
                        .maximumInFlight(1 + random.nextInt(20)),
                new Arrivals());
        this.loop = new SimulatedLoop(scheduler);
        this.transport = newTransport();
        this.client = newClient();
    }

    /** Runs the store's writes one after the other, each a while later. */
    private final class DiskThread implements Executor {
        private long last;

        @Override
        public void execute(Runnable task) {
            last = Math.max(last, scheduler.nanoTime() + scheduler.within(settings.diskLatency));
            scheduler.schedule(task, last - scheduler.nanoTime());
        }
    }

    /** What the broker takes from the client. */
    private final class Arrivals implements BrokerListener {
        @Override
        public void published(@Nullable String clientId, Message message) {
            if (clientId != null) {
                if (isTraced()) {
                    note("the broker takes " + Ledger.name(message));
                }
                ledger.arrived(message);
            }
        }

        @Override
        public void violation(String clientId, String what) {
            // A broker that has lost its state gets answers to what it has forgotten: no fault of the client.
            if (!what.contains("answers nothing")) {
                ledger.broken("the client broke the standard: " + what);
            }
        }
    }

    private void note(String what) {
        if (trace != null) {
            trace.accept(String.format("%10.3f ms  %s", scheduler.nanoTime() / 1e6, what));
        }
    }

    private boolean isTraced() {
        return trace != null;
    }

    private SimulatedTransport newTransport() {
        return new SimulatedTransport(
                scheduler,
                loop,
                listener -> new SimulatedLink(
                        scheduler,
                        loop,
                        broker,
                        listener,
                        rules,
                        settings,
                        sabotage,
                        trace == null ? null : this::note));
    }

    /** The store as a process that begins now opens it. */
    private SessionStore newStore() {
        return sabotage.store(
                settings.onDisk
                        ? DiskStore.builder(FOLDER)
                                .segmentSize(1_024)
                                .disk(sabotage.disk(disk.forNextProcess()))
                                .executor(diskThread)
                                .onRecovery(this::recovered)
                                .build()
                        : memory);
    }

    /** A crash tears the end of a log; it never damages it. */
    private void recovered(RecoveryReport report) {
        if (!report.isWhole()) {
            ledger.broken("the store reports damage after a crash: " + report.damages());
        }
    }

    private MqttClient newClient() {
        int mine = process;
        MqttClientBuilder builder = MqttClient.builder()
                .server("mqtt://broker")
                .protocol(settings.version)
                .clientId(CLIENT)
                .cleanSession(false)
                .keepAlive(Duration.ofSeconds(settings.keepAlive))
                .reconnect(attempt -> Duration.ofMillis(scheduler.random.nextInt(1_000)))
                .retryFirst(true)
                .store(newStore())
                .queue(settings.queued, settings.queuedBytes, settings.whenFull)
                .maximumInFlight(settings.maximumInFlight)
                .onSessionLoss(settings.sessionLoss)
                .inbox(settings.inbox, 1 << 20)
                .executor(task -> scheduler.schedule(task, scheduler.within(2)))
                .closeTimeout(Duration.ofSeconds(5))
                .connackTimeout(Duration.ofSeconds(5))
                .wallClock(() -> scheduler.nanoTime() / MILLIS);
        TransportAccess.use(builder, transport);
        if (settings.version == ProtocolVersion.V5) {
            builder.sessionExpiry(Duration.ofDays(1));
        }
        if (settings.onLoop) {
            builder.handlersOnEventLoop();
        }
        for (String filter : List.of("in/#", "churn/#")) {
            if (settings.manual) {
                builder.manualHandler(filter, handledByHand(mine));
            } else {
                builder.handler(filter, handled(mine));
            }
        }
        sabotage.configure(builder);
        return builder.build();
    }

    private ManualHandler handledByHand(int mine) {
        return (message, acknowledgement) -> {
            if (handle(mine, message)) {
                scheduler.schedule(
                        () -> {
                            ledger.incoming(message).handled = true;
                            acknowledgement.acknowledge();
                        },
                        scheduler.within(30));
            }
        };
    }

    private MessageHandler handled(int mine) {
        return message -> {
            if (handle(mine, message)) {
                ledger.incoming(message).handled = true;
                if (scheduler.oneIn(settings.handlerFailsOneIn)) {
                    throw new IllegalStateException("a handler that fails");
                }
            }
        };
    }

    private boolean handle(int handlingProcess, Message message) {
        if (handlingProcess == process) {
            if (isTraced()) {
                note("handled " + Ledger.name(message));
            }
            ledger.delivered(message);
            return true;
        }
        return false;
    }

    // ---- the run ----

    /** What broke; null when every promise was kept. */
    @Nullable
    String run() {
        try {
            begin();
            long end = scheduler.nanoTime() + BREAKING;
            runUntil(end);
            heal();
            settle();
            close();
        } catch (RuntimeException | Error fault) {
            StackTraceElement[] trace = fault.getStackTrace();
            ledger.broken("exception " + fault
                    + (trace.length == 0 ? "" : " at " + Arrays.asList(trace).subList(0, Math.min(6, trace.length))));
        }
        return ledger.broken();
    }

    private void begin() {
        connect();
        for (int i = 0; i < settings.publishes; i++) {
            scheduler.schedule(this::publish, scheduler.within(15_000));
        }
        for (int i = 0; i < settings.messages; i++) {
            scheduler.schedule(this::offer, scheduler.within(15_000));
        }
        for (int i = 0; i < settings.churns; i++) {
            scheduler.schedule(this::churn, scheduler.within(15_000));
        }
        for (int i = 0; i < settings.faults; i++) {
            scheduler.schedule(this::fault, scheduler.within(18_000));
        }
    }

    private void connect() {
        MqttClient mine = client;
        mine.connectAsync().whenComplete((connected, failure) -> {
            if (failure == null && mine == client) {
                mine.subscribeAsync(TopicSubscription.of("in/#", Qos.EXACTLY_ONCE), message -> {});
            }
        });
    }

    private void runUntil(long time) {
        long at = scheduler.nanoTime();
        while (at < time && ledger.broken() == null) {
            at = Math.min(time, at + SECONDS);
            scheduler.runUntil(at);
        }
    }

    private void publish() {
        Qos qos = Qos.of(scheduler.random.nextInt(3));
        String text = Ledger.text('o', ledger.sentCount()) + "x".repeat(scheduler.random.nextInt(200));
        Message message = new Message(
                "out/" + qos.level() + "/" + scheduler.random.nextInt(2),
                text.getBytes(StandardCharsets.UTF_8),
                qos,
                false,
                settings.expiry && scheduler.oneIn(3)
                        ? MqttProperties.of(Property.MESSAGE_EXPIRY_INTERVAL, 1L + scheduler.random.nextInt(12))
                        : MqttProperties.NONE);
        CompletableFuture<PublishResult> publication =
                sabotage.result(client.publishAsync(message), task -> scheduler.schedule(task, scheduler.within(50)));
        CompletableFuture<Void> accepted = client.stored();
        if (isTraced()) {
            int number = ledger.sentCount();
            note("publish " + number + " " + qos);
            publication.whenComplete((result, failure) -> note("publish " + number + " ended: " + failure));
            accepted.whenComplete((result, failure) -> note("publish " + number + " accepted: " + failure));
        }
        ledger.published(message, publication, accepted, scheduler.nanoTime());
        if (ledger.outstanding() > settings.queued + settings.maximumInFlight + 20) {
            ledger.broken(ledger.outstanding() + " publishes are outstanding; the bounds are " + settings.queued
                    + " queued and " + settings.maximumInFlight + " in flight");
        }
        int most = settings.queuedBytes + (settings.maximumInFlight + ENDING) * LARGEST;
        if (ledger.outstandingBytes() > most) {
            ledger.broken(ledger.outstandingBytes() + " bytes are outstanding, and may be " + most);
        }
    }

    /** Subscribes or unsubscribes. */
    private void churn() {
        int number = scheduler.random.nextInt(Churn.TOPICS);
        String topic = Churn.topic(number);
        boolean subscribe = churn.isSubscribed(number) == scheduler.oneIn(4);
        note((subscribe ? "subscribe " : "unsubscribe ") + topic);
        CompletableFuture<?> answer = subscribe
                ? client.subscribeAsync(TopicSubscription.of(topic, Qos.EXACTLY_ONCE), message -> {})
                : client.unsubscribeAsync(topic);
        churn.asked(number, subscribe, answer);
    }

    private void offer() {
        Qos qos = Qos.of(scheduler.random.nextInt(3));
        if (settings.churns > 0 && scheduler.oneIn(2)) {
            int number = scheduler.random.nextInt(Churn.TOPICS);
            boolean taken = offer(Churn.topic(number), qos);
            if (!settings.brokerForgets) {
                churn.published(number, taken);
            }
        } else {
            offer("in/" + qos.level() + "/" + scheduler.random.nextInt(2), qos);
        }
    }

    /** Returns whether the broker has somebody to give it to. */
    private boolean offer(String topic, Qos qos) {
        String text = Ledger.text('i', ledger.incomingCount()) + "y".repeat(scheduler.random.nextInt(200));
        Message message = new Message(topic, text.getBytes(StandardCharsets.UTF_8), qos, false, MqttProperties.NONE);
        Ledger.Incoming incoming = ledger.offered(message);
        boolean taken = broker.publish(message) > 0;
        incoming.expected = taken && !ledger.isSessionInDoubt();
        return taken;
    }

    // ---- what breaks ----

    private void fault() {
        if (stopping) {
            return;
        }
        SimulatedLink link = transport.openLink();
        int what = settings.brokerForgets && scheduler.oneIn(5) ? 6 : scheduler.random.nextInt(12);
        note("fault " + what + (link == null ? " (no connection)" : ""));
        switch (what) {
            case 0, 1 -> {
                if (link != null) {
                    link.cutToBrokerAfter(scheduler.random.nextInt(300));
                }
            }
            case 2, 3 -> {
                if (link != null) {
                    link.cutToClientAfter(scheduler.random.nextInt(300));
                }
            }
            case 4 -> {
                if (link != null) {
                    link.silence();
                }
            }
            case 5 -> broker.restart(true);
            case 6 -> {
                if (settings.brokerForgets) {
                    ledger.brokerForgot();
                    broker.restart(false);
                }
            }
            case 7 -> roadIsClosed();
            case 8 -> {
                if (link != null) {
                    link.latency(scheduler.random.nextInt(2_000));
                    scheduler.schedule(() -> link.latency(settings.latency), scheduler.within(3_000));
                }
            }
            case 9 -> {
                client.disconnectAsync();
                scheduler.schedule(this::connect, scheduler.within(3_000));
            }
            case 10 -> {
                disk.full(true);
                scheduler.schedule(() -> disk.full(false), scheduler.within(500));
            }
            default -> {
                if (settings.crashes && settings.expiry && scheduler.oneIn(2)) {
                    powerFails(link);
                } else if (settings.crashes) {
                    crash();
                }
            }
        }
    }

    private void roadIsClosed() {
        transport.down(true);
        scheduler.schedule(() -> transport.down(false), scheduler.within(settings.expiry ? 15_000 : 5_000));
    }

    /** First the road dies, then the process: what it has accepted meanwhile waits on the disk, and may expire there. */
    private void powerFails(@Nullable SimulatedLink link) {
        if (link != null) {
            link.silence();
        }
        roadIsClosed();
        scheduler.schedule(
                () -> {
                    if (!stopping) {
                        crash();
                    }
                },
                scheduler.within(3_000));
    }

    /** The process dies; a while later another one begins with what is on the disk. */
    private void crash() {
        MqttClient dead = client;
        process++;
        note("the process is killed");
        ledger.crashed();
        churn.crashed();
        transport.gone();
        disk.crash();
        dead.closeAsync();
        boolean down = transport.isDown();
        transport = newTransport();
        transport.down(down);
        client = newClient();
        connect();
    }

    private void heal() {
        stopping = true;
        transport.down(false);
        disk.full(false);
        SimulatedLink link = transport.openLink();
        if (link != null) {
            link.latency(settings.latency);
        }
        if (client.state() == ClientState.IDLE) {
            connect();
        }
    }

    private void settle() {
        long end = scheduler.nanoTime() + SETTLING;
        while (ledger.broken() == null && scheduler.nanoTime() < end && !isSettled()) {
            scheduler.runUntil(scheduler.nanoTime() + SECONDS);
            if (client.state() == ClientState.IDLE) {
                connect();
            }
        }
        if (ledger.broken() == null && !isSettled()) {
            String why =
                    churn.whyUnsettled() != null ? churn.whyUnsettled() : ledger.whyUnsettled(scheduler.nanoTime());
            ledger.broken(
                    why != null
                            ? why
                            : "the broker still waits for answers to "
                                    + broker.core().pending(CLIENT));
        }
        // By now the broker has the subscriptions that the client believes in, whatever it has lost.
        for (int number = 0; number < Churn.TOPICS && !ledger.isSessionInDoubt(); number++) {
            churn.published(number, offer(Churn.topic(number), Qos.AT_MOST_ONCE));
        }
        // What was handled twice would come now; and a connection that is silent would show, with what it still owes.
        scheduler.runUntil(scheduler.nanoTime() + 60 * SECONDS);
    }

    private boolean isSettled() {
        return churn.whyUnsettled() == null
                && ledger.isSettled(scheduler.nanoTime())
                && broker.core().pending(CLIENT).isEmpty();
    }

    private void close() {
        if (ledger.broken() != null) {
            client.closeAsync();
            scheduler.runUntil(scheduler.nanoTime() + CLOSING);
            return;
        }
        CompletableFuture<Void> closed = client.closeAsync();
        scheduler.runUntil(scheduler.nanoTime() + CLOSING);
        if (!closed.isDone() || client.state() != ClientState.CLOSED) {
            ledger.broken("the client has not closed; state " + client.state());
        } else if (loop.waiting() != 0) {
            ledger.broken(loop.waiting() + " tasks or timers are left on the loop after close");
        } else if (transport.openLink() != null) {
            ledger.broken("a connection is left after close");
        } else {
            checkStore();
        }
    }

    private void checkStore() {
        try {
            SessionLog log = newStore().open(CLIENT);
            StoredSession left = log.recovered();
            log.close();
            if (!left.publishes().isEmpty()) {
                ledger.broken("the store still has publishes that have ended: " + left.publishes());
            } else if (!settings.brokerForgets && !left.received().isEmpty()) {
                ledger.broken("the store still marks identifiers as received: " + left.received());
            } else if (settings.onDisk && disk.count() > 8) {
                ledger.broken("the store has left " + disk.count() + " files");
            }
        } catch (IOException held) {
            ledger.broken("the session cannot be opened after close: " + held.getMessage());
        }
    }

    Settings settings() {
        return settings;
    }
}
