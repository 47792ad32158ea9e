package io.godwit.simulation;

import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.broker.LocalConnection;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Lets things go wrong in the first seconds of a run, as its {@link FaultMix} has it, and then puts all of it right. */
final class FaultInjector {
    private static final long SECONDS = 1_000_000_000L;

    private final Surroundings world;
    private final Scheduler scheduler;
    private final RunSettings settings;
    private final Ledger ledger;
    private final LocalBroker broker;
    private final BrokerSettings brokerSettings;
    private final Churn churn;
    private final ClientProcess process;
    private boolean stopping;

    FaultInjector(Surroundings world, Churn churn, ClientProcess process) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.settings = world.settings();
        this.ledger = world.ledger();
        this.broker = world.broker();
        this.brokerSettings = broker.core().settings();
        this.churn = churn;
        this.process = process;
    }

    void start() {
        for (int i = 0; i < settings.faults().count(); i++) {
            scheduler.schedule(this::next, scheduler.within(18_000));
        }
    }

    private void next() {
        if (stopping) {
            return;
        }
        Fault fault = settings.faults().pick(scheduler.random);
        SimulatedLink link = process.transport().openLink();
        world.trace().add("fault " + fault + (link == null ? " (no connection)" : ""));
        inject(fault, link);
    }

    private void inject(Fault fault, @Nullable SimulatedLink link) {
        SplittableRandom random = scheduler.random;
        switch (fault) {
            case CUT_TO_BROKER -> {
                if (link != null) {
                    link.cutToBrokerAfter(random.nextInt(300));
                }
            }
            case CUT_TO_CLIENT -> {
                if (link != null) {
                    link.cutToClientAfter(random.nextInt(300));
                }
            }
            case SILENCE -> {
                if (link != null) {
                    link.silence();
                }
            }
            case BROKER_RESTARTS -> broker.restart(true);
            case BROKER_LOSES_ITS_STATE -> {
                ledger.brokerForgot();
                broker.restart(false);
            }
            case NETWORK_DOWN -> networkDown();
            case SLOW -> {
                world.network().latency(random.nextInt(2_000));
                scheduler.schedule(world.network()::heal, scheduler.within(3_000));
            }
            case THIN -> {
                world.network().bytesPerSecond(200 + random.nextInt(2_000));
                scheduler.schedule(world.network()::heal, scheduler.within(10_000));
            }
            case CLIENT_RECONNECTS -> {
                process.disconnect();
                scheduler.schedule(process::connect, scheduler.within(3_000));
            }
            case CLIENT_CLOSES -> process.close(churn::crashed);
            case DISK_FULL -> {
                process.disk().full(true);
                scheduler.schedule(() -> process.disk().full(false), scheduler.within(500));
            }
            case CRASH -> crash();
            case POWER_FAILS -> powerFails(link);
            case LIMITS_CHANGE -> limitsChange(link);
            case TAKEOVER -> takeover();
            case RIVAL -> new Rival(scheduler.nanoTime() + scheduler.within(6_000)).connect();
            case HANDLERS_BLOCKED -> process.handlers().blockFor(scheduler.within(8_000));
        }
    }

    private void networkDown() {
        process.transport().down(true);
        long longest = settings.workload().expiry() ? 15_000 : 5_000;
        scheduler.schedule(() -> process.transport().down(false), scheduler.within(longest));
    }

    private void powerFails(@Nullable SimulatedLink link) {
        if (link != null) {
            link.silence();
        }
        networkDown();
        scheduler.schedule(
                () -> {
                    if (!stopping) {
                        crash();
                    }
                },
                scheduler.within(3_000));
    }

    private void crash() {
        churn.crashed();
        process.crash();
    }

    /** The broker announces other limits from the next connection on, which comes at once. */
    private void limitsChange(@Nullable SimulatedLink link) {
        SplittableRandom random = scheduler.random;
        boolean lower = random.nextInt(4) == 0;
        Qos qos = lower ? Qos.of(random.nextInt(2)) : Qos.EXACTLY_ONCE;
        int size = random.nextBoolean() ? 100 + random.nextInt(200) : 268_435_460;
        broker.core()
                .settings(brokerSettings
                        .receiveMaximum(random.nextBoolean() ? 1 + random.nextInt(5) : 1_000)
                        .maximumPacketSize(size)
                        .topicAliasMaximum(random.nextInt(4))
                        .maximumQos(qos));
        ledger.limitsLowered(qos != Qos.EXACTLY_ONCE);
        if (link != null) {
            link.cutToClientAfter(random.nextInt(50));
        }
    }

    /**
     * Another client with the same identifier takes the session for a moment, acknowledges nothing and vanishes. It may
     * leave a subscription behind, for whose messages the client has no handler.
     */
    private void takeover() {
        LocalConnection intruder = intruder(() -> {}, scheduler.oneIn(2));
        scheduler.schedule(intruder::close, scheduler.within(2_000));
    }

    /** Another client with the same identifier that fights for the session. */
    private final class Rival {
        private final long until;

        Rival(long until) {
            this.until = until;
        }

        void connect() {
            if (stopping || scheduler.nanoTime() >= until) {
                return;
            }
            LocalConnection mine =
                    intruder(() -> scheduler.schedule(this::connect, 1_000_000 + scheduler.within(1_000)), false);
            scheduler.schedule(mine::close, until - scheduler.nanoTime());
        }
    }

    @SuppressWarnings("NullAway") // nullable arrays of a record in another module are not understood
    private LocalConnection intruder(Runnable thrownOut, boolean subscribes) {
        LocalConnection intruder = broker.connect(new LocalBroker.Peer() {
            @Override
            public void received(ByteBuf bytes) {}

            @Override
            public void closed() {
                thrownOut.run();
            }
        });
        MqttProperties properties = settings.version() == ProtocolVersion.V5
                ? MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 86_400L)
                : MqttProperties.NONE;
        ByteBuf connect = Unpooled.buffer();
        PacketCodec.write(
                new Connect(settings.version(), ClientProcess.CLIENT_ID, false, 60, null, null, null, properties),
                settings.version(),
                connect);
        if (subscribes) {
            Subscribe orphan = new Subscribe(
                    1, List.of(TopicSubscription.of(Ledger.ORPHAN, Qos.EXACTLY_ONCE)), MqttProperties.NONE);
            PacketCodec.write(orphan, settings.version(), connect);
        }
        intruder.write(ByteBufUtil.getBytes(connect));
        return intruder;
    }

    /** From now on nothing goes wrong any more. */
    void stop() {
        stopping = true;
        process.transport().down(false);
        process.disk().full(false);
        process.handlers().unblock();
        world.network().heal();
        SimulatedLink link = process.transport().openLink();
        if (link != null) {
            link.heal();
        }
        if (ledger.areLimitsLowered()) {
            broker.core().settings(brokerSettings);
            broker.dropConnection(ClientProcess.CLIENT_ID);
        }
        // Timers of faults that end later change nothing any more, and a takeover has ended by then.
        scheduler.schedule(world.network()::heal, 20 * SECONDS);
    }
}
