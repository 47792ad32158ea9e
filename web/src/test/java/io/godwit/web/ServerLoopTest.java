package io.godwit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
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
import org.junit.jupiter.api.Test;

/** The event loop of the server, and how it ends. */
class ServerLoopTest {
    @Test
    void closing_ends_the_connections_even_if_it_begins_while_the_loop_runs_a_task() throws Exception {
        ServerLoop loop = new ServerLoop(() -> {});
        CountDownLatch accepted = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Channel listening = new ServerBootstrap()
                .group(loop.group())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        loop.opened(connection);
                        accepted.countDown();
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        try (Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) listening.localAddress()).getPort())) {
            assertThat(accepted.await(10, TimeUnit.SECONDS)).isTrue();
            loop.group().execute(() -> awaitUninterruptibly(mayGoOn));

            CompletableFuture<Void> closing = CompletableFuture.runAsync(loop::close);
            await().until(() -> loop.group().isShuttingDown());
            mayGoOn.countDown();
            closing.get(10, TimeUnit.SECONDS);

            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } finally {
            mayGoOn.countDown();
            loop.close();
        }
    }

    @Test
    void an_error_that_ends_the_loop_closes_its_connections_and_is_reported() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        ServerLoop loop = new ServerLoop(() -> failed.complete(null), () -> (now, hasTasks) -> {
            if (broken.get()) {
                throw new OutOfMemoryError("for the test");
            }
            return DefaultSelectStrategyFactory.INSTANCE.newSelectStrategy().calculateStrategy(now, hasTasks);
        });
        CountDownLatch accepted = new CountDownLatch(1);
        Channel listening = new ServerBootstrap()
                .group(loop.group())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        loop.opened(connection);
                        accepted.countDown();
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        loop.group().submit(() -> loop.opened(listening)).sync();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            assertThat(accepted.await(10, TimeUnit.SECONDS)).isTrue();

            loop.group().execute(() -> broken.set(true)); // set from here, the loop might end before it takes a task

            failed.get(10, TimeUnit.SECONDS);
            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        } finally {
            loop.close();
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
