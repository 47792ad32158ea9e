package io.godwit.testkit;

import io.godwit.mqtt.protocol.Packet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays a broker byte by byte: "expect these bytes, send those", one script per connection, in the order in which
 * clients connect.
 *
 * <pre>{@code
 * try (ScriptedBroker broker = ScriptedBroker.start(script -> script
 *         .accept(ProtocolVersion.V3_1_1)
 *         .expect("82 06 00 01 00 01 61 00")
 *         .send("90 03 00 01 00")
 *         .close())) {
 *     ... // a client of broker.uri()
 *     broker.awaitDone(Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>A step that fails resets its connection; {@link #awaitDone} and {@link #close} then throw what was wrong. Safe for
 * several threads.
 */
public final class ScriptedBroker implements AutoCloseable {
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(5);

    private final ServerSocket server;
    private final List<BrokerScript> scripts;
    private final Duration stepTimeout;
    private final boolean repeatsLast;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final List<Packet> received = new ArrayList<>();
    private final Set<Socket> sockets = new LinkedHashSet<>();
    private int accepted;
    private int done;
    private boolean failureTold;
    private @Nullable AssertionError failure;

    private ScriptedBroker(Builder builder) {
        scripts = List.copyOf(builder.scripts);
        stepTimeout = builder.stepTimeout;
        repeatsLast = builder.repeatsLast;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1", e);
        }
        start("scripted-broker", this::acceptAll);
    }

    /** A broker with one script for one connection. */
    public static ScriptedBroker start(Consumer<BrokerScript> script) {
        return builder().connection(script).start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The scripts of a broker. */
    public static final class Builder {
        private final List<BrokerScript> scripts = new ArrayList<>();
        private Duration stepTimeout = STEP_TIMEOUT;
        private boolean repeatsLast;

        private Builder() {}

        /** What happens on the next connection. Connections beyond the last script are closed at once. */
        public Builder connection(Consumer<BrokerScript> script) {
            BrokerScript steps = new BrokerScript();
            script.accept(steps);
            scripts.add(steps);
            return this;
        }

        /** The last script serves all further connections too. */
        public Builder repeatLast() {
            repeatsLast = true;
            return this;
        }

        /** How long a step waits for the client; 5 seconds unless set. */
        public Builder stepTimeout(Duration time) {
            stepTimeout = time;
            return this;
        }

        public ScriptedBroker start() {
            return new ScriptedBroker(this);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Such as {@code mqtt://127.0.0.1:41883}. */
    public String uri() {
        return "mqtt://127.0.0.1:" + port();
    }

    /** The packets that steps have read as packets, in order. */
    public List<Packet> received() {
        lock.lock();
        try {
            return List.copyOf(received);
        } finally {
            lock.unlock();
        }
    }

    /** How many connections have been accepted. */
    public int connections() {
        lock.lock();
        try {
            return accepted;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until each script has been played to its last step.
     *
     * @throws AssertionError if a step failed, or not all is done in time
     */
    public void awaitDone(Duration timeout) {
        await(() -> done >= scripts.size(), timeout, "scripts to be done");
    }

    /** Waits until this many clients have connected. Throws an AssertionError after the timeout. */
    public void awaitConnections(int count, Duration timeout) {
        await(() -> accepted >= count, timeout, "connections, wanted are " + count);
    }

    private void await(java.util.function.BooleanSupplier condition, Duration timeout, String what) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (failure == null && !condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("waited " + timeout.toMillis() + " ms for " + what + ": " + done + " of "
                            + scripts.size() + " scripts are done, " + accepted + " connections came");
                }
                left = changed.awaitNanos(left);
            }
            if (failure != null) {
                failureTold = true;
                throw failure;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        lock.lock();
        try {
            threads.add(thread);
        } finally {
            lock.unlock();
        }
        thread.start();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                int number = admit(socket);
                if (number < scripts.size() || repeatsLast) {
                    BrokerScript script = scripts.get(Math.min(number, scripts.size() - 1));
                    start("scripted-broker-" + (number + 1), () -> play(number + 1, script, socket));
                } else {
                    socket.close();
                }
            }
        } catch (IOException closed) {
            return; // by close()
        }
    }

    private int admit(Socket socket) throws IOException {
        lock.lock();
        try {
            if (closing.getCount() == 0) {
                socket.close();
            }
            sockets.add(socket);
            changed.signalAll();
            return accepted++;
        } finally {
            lock.unlock();
        }
    }

    private void play(int number, BrokerScript script, Socket socket) {
        ScriptedConnection connection = new ScriptedConnection(socket, stepTimeout, this::note, closing);
        List<BrokerScript.Step> steps = script.steps();
        for (int i = 0; i < steps.size(); i++) {
            BrokerScript.Step step = steps.get(i);
            try {
                step.action().run(connection);
            } catch (Exception | AssertionError e) {
                fail(
                        "connection " + number + ", step " + (i + 1) + " of " + steps.size() + " (" + step.description()
                                + "): " + e.getMessage(),
                        e,
                        connection);
                return;
            }
        }
        lock.lock();
        try {
            done++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (!socket.isClosed()) {
            connection.drain();
        }
    }

    private void note(Packet packet) {
        lock.lock();
        try {
            received.add(packet);
        } finally {
            lock.unlock();
        }
    }

    private void fail(String message, Throwable cause, ScriptedConnection connection) {
        lock.lock();
        try {
            if (failure == null && closing.getCount() > 0) {
                failure = new AssertionError(message, cause);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            connection.reset();
        } catch (IOException ended) {
            return; // it is gone already
        }
    }

    /**
     * Ends all connections and stops listening.
     *
     * @throws AssertionError if a step failed and that was not reported yet
     */
    @Override
    public void close() {
        List<Thread> running;
        lock.lock();
        try {
            closing.countDown();
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
            running = List.copyOf(threads);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
        try {
            for (Thread thread : running) {
                thread.join(TimeUnit.SECONDS.toMillis(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null && !failureTold) {
            failureTold = true;
            throw failure;
        }
    }
}
