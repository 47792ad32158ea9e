package io.godwit.simulation;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MessageListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.UnhandledPolicy;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.mqtt.store.RecoveryReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** The process of the client, with its network and disk: it can die and start again with what is on the disk. */
final class ClientProcess {
    static final String CLIENT_ID = "godwit";

    private static final Path FOLDER = Path.of("state");
    private static final long MILLIS = 1_000_000L;
    private static final int MOST_FAILURES = 5;

    private final Surroundings world;
    private final Scheduler scheduler;
    private final RunSettings settings;
    private final Ledger ledger;
    private final WireRules rules;
    private final SimulatedLoop loop;
    private final SimulatedDisk disk;
    private final SessionStore memory = SessionStore.inMemory();
    private final DiskThread diskThread = new DiskThread();
    private final HandlerExecutor handlers;

    private SimulatedTransport transport;
    private MqttClient client;
    private int number;
    /** The last process that was closed and had ended. */
    private int closed = -1;

    /** Whether the client was asked to be connected last. */
    private boolean connecting;

    ClientProcess(Surroundings world, SimulatedLoop loop, SimulatedDisk disk) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.settings = world.settings();
        this.ledger = world.ledger();
        this.rules = new WireRules(ledger, settings.version());
        this.loop = loop;
        this.disk = disk;
        this.handlers = new HandlerExecutor(scheduler);
        this.transport = newTransport();
        this.client = newClient();
    }

    /** Runs the store's writes one after the other, each a while later. */
    private final class DiskThread implements Executor {
        private long last;

        @Override
        public void execute(Runnable task) {
            long latency = settings.storage().latency();
            last = Math.max(last, scheduler.nanoTime() + scheduler.within(latency));
            scheduler.schedule(task, last - scheduler.nanoTime());
        }
    }

    MqttClient client() {
        return client;
    }

    SimulatedTransport transport() {
        return transport;
    }

    SimulatedDisk disk() {
        return disk;
    }

    HandlerExecutor handlers() {
        return handlers;
    }

    boolean isIdle() {
        return client.state() == ClientState.IDLE;
    }

    void connect() {
        MqttClient mine = client;
        connecting = true;
        mine.connectAsync().whenComplete((connected, failure) -> {
            if (failure == null && mine == client) {
                mine.subscribeAsync(TopicSubscription.of("in/#", Qos.EXACTLY_ONCE), message -> {});
            }
        });
    }

    /** Disconnects for a while. */
    void disconnect() {
        connecting = false;
        client.disconnectAsync();
    }

    /** Whether the client no longer tries to be connected, though it was asked to and its policy goes on for ever. */
    boolean hasGivenUp() {
        return connecting && isIdle();
    }

    /** The client is closed; when that is done, another one starts with what it has left. */
    void close(Runnable done) {
        MqttClient closing = client;
        world.trace().add("the client is closed");
        world.mutation().closing(closing.closeAsync()).whenComplete((nothing, failure) -> {
            if (closing == client) {
                world.trace().add("the client has closed");
                ledger.crashed();
                done.run();
                closed = number;
                number++;
                restart(number);
            }
        });
    }

    /** Starts the next process, as soon as it can open the store. */
    private void restart(int next) {
        if (next != number) {
            return; // another one has been started meanwhile
        }
        try {
            client = newClient();
        } catch (MqttStoreException full) {
            scheduler.schedule(() -> restart(next), scheduler.within(200));
            return;
        }
        connect();
    }

    /** The process dies, and another one starts with what is on the disk. */
    void crash() {
        MqttClient dead = client;
        number++;
        world.trace().add("the process is killed");
        ledger.crashed();
        transport.gone();
        disk.crash();
        dead.closeAsync();
        boolean down = transport.isDown();
        transport = newTransport();
        transport.down(down);
        client = newClient();
        connect();
    }

    private SimulatedTransport newTransport() {
        return new SimulatedTransport(scheduler, loop, listener -> new SimulatedLink(world, loop, listener, rules));
    }

    /** The store as a process that starts now opens it. */
    SessionStore newStore() {
        SessionStore store = memory;
        if (settings.storage().onDisk()) {
            store = DiskStore.builder(FOLDER)
                    .segmentSize(1_024)
                    .disk(world.mutation().disk(disk.forNextProcess()))
                    .executor(diskThread)
                    .onRecovery(this::recovered)
                    .build();
        }
        return world.mutation().store(store);
    }

    /** A crash tears the end of a log; it never damages it. */
    private void recovered(RecoveryReport report) {
        if (!report.isWhole()) {
            ledger.broken("the store reports damage after a crash: " + report.damages());
        }
    }

    private MqttClient newClient() {
        RunSettings.Sending sending = settings.sending();
        MqttClientBuilder builder = MqttClient.builder()
                .server("mqtt://broker")
                .protocol(settings.version())
                .clientId(CLIENT_ID)
                .cleanSession(false)
                .keepAlive(Duration.ofSeconds(sending.keepAlive()))
                .reconnect(world.mutation().reconnect(attempt -> Duration.ofMillis(scheduler.random.nextInt(1_000))))
                .retryFirst(true)
                .store(newStore())
                .queue(sending.queued(), sending.queuedBytes(), sending.whenFull())
                .maximumInFlight(sending.maximumInFlight())
                .onSessionLoss(sending.sessionLoss())
                .inbox(settings.handling().inbox(), 1 << 20)
                .onUnhandled(unhandled())
                .listener(number % 2 == 0 ? new Outcomes(number) : new AllOutcomes(number))
                .closeTimeout(Duration.ofSeconds(5))
                .connackTimeout(Duration.ofSeconds(5))
                .wallClock(() -> scheduler.nanoTime() / MILLIS);
        TransportAccess.use(builder, transport);
        if (settings.version() == ProtocolVersion.V5) {
            builder.sessionExpiry(Duration.ofDays(1));
        }
        builder.handlerOptions(world.mutation().handlerOptions(handlerOptions()));
        builder.executor(handlers); // for policies and callbacks too, so that all of a run is on one thread
        if (settings.handling().onLoop()) {
            builder.handlersOnEventLoop();
        }
        for (String filter : List.of("in/#", "churn/#")) {
            if (settings.handling().manual()) {
                builder.manualHandler(filter, manualHandler(number));
            } else {
                builder.handler(filter, handler(number));
            }
        }
        world.mutation().configure(builder);
        return builder.build();
    }

    /** What the client reports of messages whose handlers, and of publishes that, have failed. */
    private class Outcomes implements ClientListener {
        private final int mine;

        Outcomes(int mine) {
            this.mine = mine;
        }

        final boolean isCurrent() {
            return mine == number;
        }

        @Override
        public void messageFailed(MqttClient of, Message message, Throwable failure, FailurePolicy.Outcome outcome) {
            if (isCurrent()) {
                ledger.failed(message, outcome, settings.version() == ProtocolVersion.V5);
            }
        }

        @Override
        public void publishFailed(MqttClient of, Message message, MqttException failure) {
            if (!Ledger.isDeadLetter(message)) {
                ledger.publishFailed(message, failure);
            }
        }
    }

    /** The same, and of publishes that have succeeded: for every second process, since publishes are then other objects. */
    private final class AllOutcomes extends Outcomes implements MessageListener {
        AllOutcomes(int mine) {
            super(mine);
        }

        @Override
        public void publishAcknowledged(MqttClient of, Message message, PublishResult result, Duration took) {
            if (isCurrent() && !Ledger.isDeadLetter(message)) {
                ledger.publishAcknowledged(message);
            }
        }
    }

    private UnhandledPolicy unhandled() {
        RunSettings.Unhandled drawn = settings.handling().unhandled();
        return new UnhandledPolicy(drawn.unsubscribes(), drawn.messages(), Duration.ofMillis(drawn.longest()));
    }

    private HandlerOptions handlerOptions() {
        HandlerOptions options =
                HandlerOptions.defaults().withConcurrency(settings.handling().concurrency());
        return switch (settings.handling().failure()) {
            case REFUSED -> options;
            case CALLED_AGAIN ->
                options.withFailurePolicy(FailurePolicy.retry(
                        MOST_FAILURES, Duration.ofMillis(10), Duration.ofMillis(100), FailurePolicy.reject()));
            case DEAD_LETTER -> options.withFailurePolicy(FailurePolicy.deadLetter(Ledger.DEAD + FailurePolicy.TOPIC));
        };
    }

    private ManualHandler manualHandler(int mine) {
        return (message, acknowledgement) -> {
            if (handle(mine, message)) {
                boolean refuses = scheduler.oneIn(settings.handling().failsOneIn());
                scheduler.schedule(() -> settle(message, acknowledgement, refuses), scheduler.within(30));
            }
        };
    }

    private void settle(Message message, Acknowledgement acknowledgement, boolean refuses) {
        Ledger.Incoming one = ledger.incoming(message);
        one.handled = true;
        if (refuses) {
            one.refused = true;
            one.failed = true; // the store has no note of it
            acknowledgement.reject(ReasonCode.QUOTA_EXCEEDED, "not now");
        } else {
            one.taken = true;
            acknowledgement.acknowledge();
        }
    }

    private MessageHandler handler(int mine) {
        return message -> {
            failBefore(mine, message);
            if (handle(mine, message)) {
                Ledger.Incoming one = ledger.incoming(message);
                one.handled = true;
                if (settings.handling().failure() != RunSettings.Failure.CALLED_AGAIN
                        && scheduler.oneIn(settings.handling().failsOneIn())) {
                    one.failed = true;
                    one.refused = true;
                    one.failedIn = number;
                    one.taken |= settings.handling().failure() == RunSettings.Failure.DEAD_LETTER;
                    throw new IllegalStateException("a handler that fails");
                }
                one.taken = true;
            }
        };
    }

    /** A handler that is called again has not handled its message before. */
    private void failBefore(int mine, Message message) {
        Ledger.Incoming one = ledger.incoming(message);
        if (mine == number
                && settings.handling().failure() == RunSettings.Failure.CALLED_AGAIN
                && one.failures < MOST_FAILURES
                && scheduler.oneIn(settings.handling().failsOneIn())) {
            one.failures++;
            throw new IllegalStateException("a handler that fails, and is called again");
        }
    }

    private boolean handle(int mine, Message message) {
        if (mine == closed) {
            ledger.broken("a handler was called after its client had closed");
        }
        if (mine != number) {
            return false;
        }
        if (world.trace().isOn()) {
            world.trace().add("handled " + Ledger.name(message));
        }
        ledger.delivered(message);
        return true;
    }
}
