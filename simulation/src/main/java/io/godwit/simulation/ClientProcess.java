package io.godwit.simulation;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
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
        mine.connectAsync().whenComplete((connected, failure) -> {
            if (failure == null && mine == client) {
                mine.subscribeAsync(TopicSubscription.of("in/#", Qos.EXACTLY_ONCE), message -> {});
            }
        });
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
                .reconnect(attempt -> Duration.ofMillis(scheduler.random.nextInt(1_000)))
                .retryFirst(true)
                .store(newStore())
                .queue(sending.queued(), sending.queuedBytes(), sending.whenFull())
                .maximumInFlight(sending.maximumInFlight())
                .onSessionLoss(sending.sessionLoss())
                .inbox(settings.handling().inbox(), 1 << 20)
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

    private HandlerOptions handlerOptions() {
        HandlerOptions options =
                HandlerOptions.defaults().withConcurrency(settings.handling().concurrency());
        return settings.handling().retries()
                ? options.withFailurePolicy(FailurePolicy.retry(
                        MOST_FAILURES, Duration.ofMillis(10), Duration.ofMillis(100), FailurePolicy.reject()))
                : options;
    }

    private ManualHandler manualHandler(int mine) {
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

    private MessageHandler handler(int mine) {
        return message -> {
            failBefore(mine, message);
            if (handle(mine, message)) {
                ledger.incoming(message).handled = true;
                if (!settings.handling().retries()
                        && scheduler.oneIn(settings.handling().failsOneIn())) {
                    ledger.incoming(message).failed = true;
                    throw new IllegalStateException("a handler that fails");
                }
            }
        };
    }

    /** A handler that is called again has not handled its message before. */
    private void failBefore(int mine, Message message) {
        Ledger.Incoming one = ledger.incoming(message);
        if (mine == number
                && settings.handling().retries()
                && one.failures < MOST_FAILURES
                && scheduler.oneIn(settings.handling().failsOneIn())) {
            one.failures++;
            throw new IllegalStateException("a handler that fails, and is called again");
        }
    }

    private boolean handle(int mine, Message message) {
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
