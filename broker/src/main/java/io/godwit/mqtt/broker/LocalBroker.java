package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A broker without sockets and without a thread of its own: client and broker share one {@link BrokerClock}, so a test
 * can run hours in a blink, and twice the same. All methods are called on the clock's thread.
 */
public final class LocalBroker {
    private final BrokerClock clock;
    private final BrokerCore core;

    private long planned = Long.MAX_VALUE;
    private @Nullable Runnable cancelPlan;
    private boolean offline;

    public LocalBroker(BrokerClock clock, BrokerSettings settings) {
        this(clock, settings, BrokerListener.NONE);
    }

    public LocalBroker(BrokerClock clock, BrokerSettings settings, BrokerListener listener) {
        this.clock = clock;
        this.core = new BrokerCore(settings, listener);
    }

    /** The client's end of a connection. Its methods are called on the clock's thread. */
    public interface Peer {
        /** Bytes have come; the buffer is the caller's and is there for the call only. */
        void received(ByteBuf bytes);

        /** The broker has ended the connection. Not called after {@link LocalConnection#close}. */
        void closed();
    }

    /**
     * Opens a connection to the broker. Nothing is refused here: a broker that is offline closes it at once.
     *
     * @param peer is called from tasks of the clock, never from inside a call to the connection
     */
    public LocalConnection connect(Peer peer) {
        return new LocalConnection(this, peer, offline);
    }

    /** The broker itself, for what this class does not offer. Call {@link #plan} after anything that may set a timer. */
    public BrokerCore core() {
        return core;
    }

    /** The time in the broker's words. */
    public long now() {
        return clock.nanoTime();
    }

    BrokerClock clock() {
        return clock;
    }

    BrokerWire wire(BrokerWire.Output output) {
        return new BrokerWire(core, output, clock::execute, clock.nanoTime());
    }

    /** Makes sure that the clock wakes the broker when it has something to do. Called after everything that happens. */
    public void plan() {
        long next = core.nextDeadline();
        if (next == planned) {
            return;
        }
        if (cancelPlan != null) {
            cancelPlan.run();
            cancelPlan = null;
        }
        planned = next;
        if (next != Long.MAX_VALUE) {
            cancelPlan = clock.schedule(this::tick, Math.max(0, next - clock.nanoTime()));
        }
    }

    private void tick() {
        planned = Long.MAX_VALUE;
        cancelPlan = null;
        core.tick(clock.nanoTime());
        plan();
    }

    /** Publishes a message of the broker's own; returns how many sessions it went to. */
    public int publish(Message message) {
        int receivers = core.publish(message, now());
        plan();
        return receivers;
    }

    /** Drops a client's connection, so its will is published. Returns false if it is not connected. */
    public boolean dropConnection(String clientId) {
        boolean dropped = core.drop(clientId, now());
        plan();
        return dropped;
    }

    /** A crash and a new start of the broker: all connections are cut; its state is kept or lost. */
    public void restart(boolean keepState) {
        core.restart(keepState, now());
        plan();
    }

    /** While offline, all connections are cut and new ones end at once; the state is kept. */
    public void offline(boolean isOffline) {
        offline = isOffline;
        if (isOffline) {
            restart(true);
        }
    }
}
