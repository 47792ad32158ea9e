package io.godwit.simulation;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The network of a run: opens links to the broker, with a delay, and none while it is down. */
final class SimulatedTransport implements Transport {
    private final Scheduler scheduler;
    private final SimulatedLoop loop;
    private final Function<ConnectionListener, SimulatedLink> links;

    private boolean down;
    private boolean gone;
    private long opened;
    private @Nullable SimulatedLink latest;

    SimulatedTransport(Scheduler scheduler, SimulatedLoop loop, Function<ConnectionListener, SimulatedLink> links) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.links = links;
    }

    void down(boolean isDown) {
        down = isDown;
    }

    boolean isDown() {
        return down;
    }

    /** The process has crashed: no more connections. */
    void gone() {
        gone = true;
        if (latest != null) {
            latest.clientGone();
        }
    }

    /** How many connections have been opened. */
    long opened() {
        return opened;
    }

    /** The latest link, if it is open. */
    @Nullable
    SimulatedLink openLink() {
        return latest != null && latest.isOpen() ? latest : null;
    }

    @Override
    public EventLoop nextLoop() {
        return loop;
    }

    @Override
    public Attempt open(EventLoop onLoop, TransportOptions options, ConnectionListener listener) {
        Runnable cancel = scheduler.schedule(() -> answer(listener), scheduler.within(20));
        return cancel::run;
    }

    private void answer(ConnectionListener listener) {
        if (down || gone) {
            loop.run(() -> listener.failed(new TransportException(
                    ConnectPhase.CONNECT, FailureReason.REFUSED, null, "Connection refused", null)));
            return;
        }
        SimulatedLink link = links.apply(listener);
        latest = link;
        opened++;
        loop.run(() -> listener.connected(link));
    }

    @Override
    public void close() {}
}
