package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Remembers what a listener heard, and lets a test wait for it. */
class Recorder implements ConnectionListener {

    final CompletableFuture<Connection> connected = new CompletableFuture<>();
    final CompletableFuture<TransportException> failed = new CompletableFuture<>();
    final CompletableFuture<List<Throwable>> closed = new CompletableFuture<>();
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger bursts = new AtomicInteger();
    final List<ConnectProgress> progress = new CopyOnWriteArrayList<>();
    final List<Boolean> writability = new CopyOnWriteArrayList<>();
    final EventLoop loop;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    Recorder(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void progress(ConnectProgress completed) {
        progress.add(completed);
    }

    @Override
    public void connected(Connection connection) {
        called();
        connected.complete(connection);
    }

    @Override
    public void failed(TransportException failure) {
        called();
        failed.complete(failure);
    }

    @Override
    public void received(ByteBuf bytes) {
        called();
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.getBytes(bytes.readerIndex(), copy);
        synchronized (received) {
            received.writeBytes(copy);
        }
    }

    @Override
    public void readComplete() {
        called();
        bursts.incrementAndGet();
    }

    @Override
    public void writabilityChanged() {
        called();
        writability.add(connected.join().isWritable());
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        called();
        assertThat(closed.complete(cause == null ? List.of() : List.of(cause)))
                .as("closed once")
                .isTrue();
    }

    private void called() {
        assertThat(loop.inLoop()).isTrue();
        calls.incrementAndGet();
    }

    Connection connection() {
        CompletableFuture.anyOf(connected, failed)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        if (failed.isDone()) {
            throw new AssertionError("failed", failed.join());
        }
        return connected.join();
    }

    TransportException failure() {
        CompletableFuture.anyOf(connected, failed)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        assertThat(connected).as("connected").isNotDone();
        return failed.join();
    }

    /** Waits for the end; null when it was orderly. */
    @Nullable
    Throwable end() {
        try {
            List<Throwable> cause = closed.get(20, TimeUnit.SECONDS);
            return cause.isEmpty() ? null : cause.get(0);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("not closed", e);
        }
    }

    byte[] bytes() {
        synchronized (received) {
            return received.toByteArray();
        }
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    void awaitText(String expected) {
        await().untilAsserted(() -> assertThat(text()).isEqualTo(expected));
    }

    void awaitBytes(int count) {
        await().untilAsserted(() -> assertThat(bytes().length).isGreaterThanOrEqualTo(count));
    }

    void send(String text) {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) {
        Connection connection = connection();
        loop.execute(() -> connection.write(Unpooled.wrappedBuffer(bytes)));
    }
}
