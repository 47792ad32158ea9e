package io.godwit.mqtt.broker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a {@link LocalBroker} in memory: what one end writes arrives at the other in a later
 * task of the shared clock, whole and in order. Belongs to the clock's thread.
 */
public final class LocalConnection {
    private final LocalBroker broker;
    private final LocalBroker.Peer peer;
    private final @Nullable BrokerWire wire;
    private boolean open = true;

    LocalConnection(LocalBroker broker, LocalBroker.Peer peer, boolean refused) {
        this.broker = broker;
        this.peer = peer;
        this.wire = refused ? null : broker.wire(new ToPeer());
        if (refused) {
            broker.clock().execute(this::endedByBroker);
        }
    }

    /** Sends bytes to the broker; takes the buffer over. Ignored once the connection has ended. */
    public void write(ByteBuf bytes) {
        broker.clock().execute(() -> {
            try {
                if (open && wire != null) {
                    wire.received(bytes, broker.now());
                    broker.plan();
                }
            } finally {
                bytes.release();
            }
        });
    }

    /** Sends bytes to the broker. Ignored once the connection has ended. */
    public void write(byte[] bytes) {
        write(Unpooled.wrappedBuffer(bytes));
    }

    /** Ends the connection after what was written; the peer is not called any more. */
    public void close() {
        broker.clock().execute(() -> {
            if (open) {
                open = false;
                if (wire != null) {
                    wire.closed(broker.now());
                    broker.plan();
                }
            }
        });
    }

    public boolean isOpen() {
        return open;
    }

    private void endedByBroker() {
        if (open) {
            open = false;
            peer.closed();
        }
    }

    private final class ToPeer implements BrokerWire.Output {
        @Override
        public void write(ByteBuf bytes) {
            try {
                if (open) {
                    peer.received(bytes);
                }
            } finally {
                bytes.release();
            }
        }

        @Override
        public void close() {
            endedByBroker();
        }
    }
}
