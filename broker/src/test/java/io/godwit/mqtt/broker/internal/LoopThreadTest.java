package io.godwit.mqtt.broker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One event loop with its thread, and how it ends. */
class LoopThreadTest {
    @Test
    void closing_ends_the_connections_even_if_it_begins_while_the_loop_runs_a_task() throws Exception {
        LoopThread thread = new LoopThread("loop-thread-test");
        AtomicInteger accepted = new AtomicInteger();
        ServerBootstrap server = new ServerBootstrap()
                .group(thread.group())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.incrementAndGet();
                    }
                });
        ChannelFuture bound = thread.bind(server, "127.0.0.1", 0);
        int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            await().until(() -> accepted.get() == 1);
            thread.loop().execute(() -> awaitUninterruptibly(mayGoOn));

            CompletableFuture<Void> closing = CompletableFuture.runAsync(thread::close);
            await().until(() -> thread.group().isShuttingDown());
            mayGoOn.countDown();
            closing.get(10, TimeUnit.SECONDS);

            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } finally {
            mayGoOn.countDown();
            thread.close();
        }
    }

    @Test
    void an_error_that_ends_the_loop_closes_its_channels_and_is_reported() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        LoopThread thread = new LoopThread("loop-thread-test", () -> failed.complete(null), () -> (now, hasTasks) -> {
            if (broken.get()) {
                throw new OutOfMemoryError("for the test");
            }
            return DefaultSelectStrategyFactory.INSTANCE.newSelectStrategy().calculateStrategy(now, hasTasks);
        });
        AtomicInteger accepted = new AtomicInteger();
        ServerBootstrap server = new ServerBootstrap()
                .group(thread.group())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.incrementAndGet();
                    }
                });
        int port = ((InetSocketAddress)
                        thread.bind(server, "127.0.0.1", 0).channel().localAddress())
                .getPort();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            await().until(() -> accepted.get() == 1);

            thread.loop().execute(() -> broken.set(true)); // set from here, the loop might end before it takes a task

            failed.get(10, TimeUnit.SECONDS);
            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> thread.run(() -> {})).hasMessage("the thread 'loop-thread-test' has ended");
        } finally {
            thread.close();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
