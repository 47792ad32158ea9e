package io.godwit.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A client and a server that a {@link FaultProxy} has brought together: two directions, each with its faults. Event loop only. */
final class ProxiedConnection {
    /** More bytes than this on their way, and the source is no longer read. */
    private static final int HIGH_WATER = 1 << 20;

    private final Channel client;
    private final Channel server;
    private final Random random;
    private final Runnable ended;
    private final Direction toServer;
    private final Direction toClient;

    ProxiedConnection(Channel client, Channel server, Faults toServer, Faults toClient, Random random, Runnable ended) {
        this.client = client;
        this.server = server;
        this.random = random;
        this.ended = ended;
        this.toServer = new Direction(client, server, toServer);
        this.toClient = new Direction(server, client, toClient);
    }

    Direction toServer() {
        return toServer;
    }

    Direction toClient() {
        return toClient;
    }

    boolean isOpen() {
        return client.isOpen() || server.isOpen();
    }

    /** Both ends are there: bytes may pass. */
    void begin() {
        client.pipeline().addLast(toServer);
        server.pipeline().addLast(toClient);
        client.config().setAutoRead(true);
        server.config().setAutoRead(true);
    }

    /** Ends both ends, in order. */
    void close() {
        client.close();
        server.close();
        ended.run();
    }

    /** Ends both ends with a reset. An end that is closed already stays as it is. */
    void reset() {
        resetOnClose(client);
        resetOnClose(server);
        close();
    }

    private static void resetOnClose(Channel channel) {
        if (channel.isActive()) {
            try {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (ChannelException ended) {
                // The peer has ended the connection, and the system has noticed before Netty did.
            }
        }
    }

    /** Bytes from one end to the other. */
    final class Direction extends ChannelInboundHandlerAdapter {
        private final Channel from;
        private final Channel to;
        private Faults faults;
        private long left;
        private long lastDue;
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private int late;
        private boolean over;

        Direction(Channel from, Channel to, Faults faults) {
            this.from = from;
            this.to = to;
            this.faults = faults;
            this.left = faults.endAfter();
        }

        void faults(Faults newFaults) {
            faults = newFaults;
            left = newFaults.endAfter();
            if (left == 0) {
                endNow();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            try {
                if (!over && !faults.blackhole()) {
                    pass(bytes);
                }
            } finally {
                bytes.release();
            }
        }

        private void pass(ByteBuf bytes) {
            while (bytes.isReadable() && !over) {
                int size = bytes.readableBytes();
                if (faults.largestChunk() > 0) {
                    size = Math.min(size, 1 + random.nextInt(faults.largestChunk()));
                }
                if (left >= 0) {
                    size = (int) Math.min(size, left);
                    left -= size;
                }
                ByteBuf piece = Unpooled.buffer(Math.max(1, size));
                bytes.readBytes(piece, size);
                corrupt(piece);
                boolean last = left == 0;
                Faults.End end = faults.end();
                late += size;
                // The last piece and what ends the connection go together, after all pieces before.
                later(due(size), () -> {
                    late -= piece.readableBytes();
                    to.writeAndFlush(piece).addListener(done -> {
                        if (last) {
                            end(end);
                        }
                    });
                    from.config().setAutoRead(late < HIGH_WATER);
                });
                if (last) {
                    over = true;
                }
            }
            from.config().setAutoRead(late < HIGH_WATER);
        }

        private void corrupt(ByteBuf bytes) {
            if (faults.corruption() > 0) {
                for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
                    if (random.nextDouble() < faults.corruption()) {
                        bytes.setByte(i, bytes.getByte(i) ^ 1 << random.nextInt(8));
                    }
                }
            }
        }

        /** When a piece of this size may go on: after its delay, at the rate, and never before an earlier one. */
        private long due(int size) {
            long now = System.nanoTime();
            long from = faults.delayFrom().toNanos();
            long span = faults.delayTo().toNanos() - from;
            long due = now + from + (span > 0 ? (long) (random.nextDouble() * span) : 0);
            if (faults.bytesPerSecond() > 0) {
                due = Math.max(due, lastDue == 0 ? now : lastDue)
                        + TimeUnit.SECONDS.toNanos(1) * size / faults.bytesPerSecond();
            }
            lastDue = lastDue == 0 ? due : Math.max(due, lastDue);
            return lastDue - now;
        }

        /** Does the task when it is due. Tasks run in the order in which they were added, even if their timers fire in another one. */
        private void later(long delay, Runnable task) {
            tasks.add(task);
            to.eventLoop().schedule(() -> tasks.remove().run(), Math.max(0, delay), TimeUnit.NANOSECONDS);
        }

        private void endNow() {
            if (!over) {
                over = true;
                end(faults.end());
            }
        }

        private void end(Faults.End how) {
            switch (how) {
                case CLOSE -> close();
                case RESET -> reset();
                case HALF_CLOSE -> halfClose();
            }
        }

        /** Ends this direction; the other one continues. */
        void halfClose() {
            over = true;
            if (to.isActive()) {
                ((DuplexChannel) to).shutdownOutput();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent && !over && !faults.blackhole()) {
                // The sender has ended its direction: so does this one, after all that is still late.
                over = true;
                later(due(0), this::halfClose);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!faults.blackhole() && to.isActive()) {
                later(due(0), () -> to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
            }
            ended.run();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reset(); // one end was reset: so is the other
        }
    }
}
