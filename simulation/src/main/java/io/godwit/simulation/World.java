package io.godwit.simulation;

import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: a client that publishes and receives, its disk, the network and the broker, all drawn from one seed, with what
 * goes wrong and when. After a while nothing goes wrong any more. Then everything must finish within a bound, and the
 * promises are checked.
 */
final class World {
    private static final long SECONDS = 1_000_000_000L;

    /** How long things go wrong. */
    private static final long FAULTS = 20 * SECONDS;

    /** How long a publish and a message may take once all is well. */
    private static final long PROBE = 30 * SECONDS;

    private static final long QUIET = 60 * SECONDS;
    private static final long CLOSING = 120 * SECONDS;

    private final Scheduler scheduler;
    private final RunSettings settings;
    private final Ledger ledger;
    private final Churn churn;
    private final SimulatedDisk disk;
    private final LocalBroker broker;
    private final SimulatedLoop loop;
    private final Trace trace;
    private final ClientProcess process;
    private final Traffic traffic;
    private final FaultInjector faults;

    /** @param lines takes what happens, line by line; null: nobody wants to see it */
    World(long seed, Mutation mutation, @Nullable Consumer<String> lines) {
        SplittableRandom random = new SplittableRandom(seed);
        this.settings = RunSettings.draw(random);
        this.scheduler = new Scheduler(random);
        this.trace = new Trace(scheduler, lines);
        this.ledger = new Ledger(settings.sending().sessionLoss());
        this.churn = new Churn(ledger, settings.broker().forgets());
        this.disk = new SimulatedDisk(random);
        this.broker = new LocalBroker(
                scheduler,
                BrokerSettings.defaults()
                        .receiveMaximum(settings.broker().receiveMaximum())
                        .maximumInFlight(settings.broker().inFlight()),
                new Arrivals());
        this.loop = new SimulatedLoop(scheduler);
        NetworkConditions network = new NetworkConditions(settings.network().latency());
        Surroundings surroundings = new Surroundings(scheduler, settings, mutation, ledger, broker, network, trace);
        this.process = new ClientProcess(surroundings, loop, disk);
        this.traffic = new Traffic(surroundings, churn, process);
        this.faults = new FaultInjector(surroundings, churn, process);
    }

    RunSettings settings() {
        return settings;
    }

    /** What the broker takes from the client. */
    private final class Arrivals implements BrokerListener {
        @Override
        public void published(@Nullable String clientId, Message message) {
            if (clientId != null) {
                if (trace.isOn()) {
                    trace.add("the broker takes " + Ledger.name(message));
                }
                ledger.arrived(message);
            }
        }

        @Override
        public void violation(String clientId, String what) {
            // A broker that has lost its state gets answers to what it has forgotten: not the client's fault.
            if (!what.contains("answers nothing")) {
                ledger.broken("the client violated the standard: " + what);
            }
        }
    }

    /** What broke; null if every promise was kept. */
    @Nullable
    String run() {
        try {
            process.connect();
            traffic.start();
            faults.start();
            runUntil(scheduler.nanoTime() + FAULTS);
            faults.stop();
            settle();
            probe();
            close();
        } catch (RuntimeException | Error fault) {
            StackTraceElement[] stack = fault.getStackTrace();
            ledger.broken("exception " + fault
                    + (stack.length == 0 ? "" : " at " + Arrays.asList(stack).subList(0, Math.min(6, stack.length))));
        }
        return ledger.broken();
    }

    private void runUntil(long time) {
        long at = scheduler.nanoTime();
        while (at < time && ledger.broken() == null) {
            at = Math.min(time, at + SECONDS);
            scheduler.runUntil(at);
        }
    }

    /** Liveness: with no more faults, everything that was started finishes. */
    private void settle() {
        long start = scheduler.nanoTime();
        LivenessBound bound = new LivenessBound(start, longestWaits());
        while (ledger.broken() == null && !isOver(bound) && !isSettled()) {
            if (process.hasGivenUp()) {
                ledger.broken("the client has stopped reconnecting, and its policy has not");
            } else if (process.isIdle()) {
                process.connect();
            }
            scheduler.runUntil(scheduler.nanoTime() + SECONDS);
        }
        if (ledger.broken() == null && !isSettled()) {
            ledger.broken("after " + (scheduler.nanoTime() - start) / SECONDS + " s without faults: " + whyUnsettled());
        }
        traffic.checkSubscriptions();
    }

    /** How long the client may let all messages wait for which it has no handler, one after the other. */
    private long longestWaits() {
        RunSettings.Unhandled policy = settings.handling().unhandled();
        return policy.messages() == 0 ? 0 : ledger.orphansLeft() * policy.longest() * SECONDS / 1_000;
    }

    private boolean isOver(LivenessBound bound) {
        return bound.isOver(scheduler.nanoTime(), ledger.acknowledgedCount(), whyCallsUnsettled() == null);
    }

    private boolean isSettled() {
        return whyUnsettled() == null;
    }

    /** What the application has asked the client for, and what is still open of it. */
    private @Nullable String whyCallsUnsettled() {
        String why = churn.whyUnsettled();
        return why != null ? why : ledger.whySentUnsettled(scheduler.nanoTime());
    }

    private @Nullable String whyUnsettled() {
        String why = whyCallsUnsettled();
        if (why == null) {
            why = ledger.whyIncomingUnsettled();
        }
        if (why == null && !broker.core().pending(ClientProcess.CLIENT_ID).isEmpty()) {
            why = "the broker still waits for answers to " + broker.core().pending(ClientProcess.CLIENT_ID);
        }
        if (why == null && process.client().statistics().publishes().inFlight() > 0) {
            why = "the client still waits for answers to packets";
        }
        return why;
    }

    /** Liveness: a client that has survived works, on a connection that stays. */
    private void probe() {
        if (ledger.broken() != null) {
            return;
        }
        runUntil(scheduler.nanoTime() + QUIET);
        long connections = process.transport().opened();
        CompletableFuture<PublishResult> publication = traffic.publish(Qos.AT_LEAST_ONCE);
        traffic.offer("in/1/0", Qos.AT_LEAST_ONCE);
        runUntil(scheduler.nanoTime() + PROBE);
        if (!publication.isDone() || publication.isCompletedExceptionally()) {
            ledger.broken("a publish after all faults has not succeeded: " + publication);
        } else if (!isSettled()) {
            ledger.broken("a message after all faults was not handled: " + whyUnsettled());
        } else if (process.transport().opened() != connections) {
            ledger.broken("the connection was lost though nothing went wrong");
        } else {
            probeOrphans();
        }
    }

    /** A subscription whose messages have no handler is gone, if the client is to end it. Those of QoS 0 bring it nothing to give up. */
    private void probeOrphans() {
        if (settings.handling().unhandled().unsubscribes() && !ledger.isQosLowered()) {
            traffic.offer(Ledger.ORPHAN, Qos.AT_LEAST_ONCE);
            runUntil(scheduler.nanoTime() + PROBE);
            if (broker.core().subscriptions(ClientProcess.CLIENT_ID).contains(Ledger.ORPHAN)) {
                ledger.broken("the subscription to " + Ledger.ORPHAN + " has no handler, and was not ended");
            }
        }
    }

    private void close() {
        if (ledger.broken() != null) {
            process.client().closeAsync();
            scheduler.runUntil(scheduler.nanoTime() + CLOSING);
            return;
        }
        CompletableFuture<Void> closed = process.client().closeAsync();
        scheduler.runUntil(scheduler.nanoTime() + CLOSING);
        ClientState state = process.client().state();
        if (!closed.isDone() || state != ClientState.CLOSED) {
            ledger.broken("the client has not closed; state " + state);
        } else if (loop.waiting() != 0) {
            ledger.broken(loop.waiting() + " tasks or timers are left on the loop after close");
        } else if (process.transport().openLink() != null) {
            ledger.broken("a connection is left after close");
        } else {
            checkStore();
        }
    }

    private void checkStore() {
        try {
            SessionLog log = process.newStore().open(ClientProcess.CLIENT_ID);
            StoredSession left = log.recovered();
            log.close();
            if (!left.publishes().isEmpty()) {
                ledger.broken("the store still has publishes that have ended: " + left.publishes());
            } else if (!ledger.isSessionInDoubt()
                    && !ledger.isClearingInDoubt()
                    && !left.received().isEmpty()) {
                ledger.broken("the store still marks identifiers as received: " + left.received());
            } else if (settings.storage().onDisk() && disk.count() > 8) {
                ledger.broken("the store has left " + disk.count() + " files: " + disk.names());
            } else {
                churn.checkStored(left.subscriptions());
            }
        } catch (IOException held) {
            ledger.broken("the session cannot be opened after close: " + held.getMessage());
        }
    }
}
