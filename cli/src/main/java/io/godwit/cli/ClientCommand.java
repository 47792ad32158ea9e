package io.godwit.cli;

import io.godwit.cli.options.ConnectionOptions;
import io.godwit.cli.output.ConnectionWarnings;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.packets.PacketPrinter;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** What the commands that connect to a broker have in common: options, messages about the connection, the disconnect. */
abstract class ClientCommand implements Callable<Integer> {
    private static final Duration DISCONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration LIMIT_WHEN_INTERRUPTED = Duration.ofSeconds(2);

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    private final Terminal terminal;
    private final LossGuard guard = new LossGuard();

    // Command thread only.
    private @Nullable NettyTransport transport;
    private boolean hurry;

    ClientCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    final Terminal terminal() {
        return terminal;
    }

    final ConnectionOptions connection() {
        return connection;
    }

    /**
     * The transport of this command, which ends with it: the JVM waits a third of a second for threads of the shared one, as
     * they are in native code.
     */
    final NettyTransport transport() {
        NettyTransport made = transport;
        if (made == null) {
            made = new NettyTransport(threads());
            transport = made;
        }
        return made;
    }

    /** How many event loops the command needs. */
    int threads() {
        return 1;
    }

    /** Ends the command if the broker closes each connection at once. */
    final LossGuard guard() {
        return guard;
    }

    /** The builder from the options, with messages about lost connections, and each packet printed at {@code -d}. */
    final MqttClientBuilder builder() {
        return builder(tap());
    }

    /** The same over this transport. */
    final MqttClientBuilder builder(Transport over) {
        return connection
                .builder(over)
                .listener(new ConnectionWarnings(this::note, connection.isDebug()))
                .listener(guard);
    }

    /** The transport of this command; at {@code -d} it prints each packet. */
    final Transport tap() {
        return connection.isDebug()
                ? PacketPrinter.tapped(transport(), connection.version(), terminal::note, 0)
                : transport();
    }

    /** Connects; takes the time that the options allow, however often that means to try. */
    final void connect(MqttClient client) throws Exception {
        connectWithin(client, Long.MAX_VALUE);
    }

    /** Connects before the deadline, in nanoseconds of {@link System#nanoTime}; {@link Long#MAX_VALUE}: none. */
    final void connectWithin(MqttClient client, long deadline) throws Exception {
        try {
            waitFor(client.connectAsync(), deadline);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Waits for the future until the deadline, or until {@link #guard} ends the command. */
    @SuppressWarnings("unchecked")
    final <T> T waitFor(CompletableFuture<T> future, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        CompletableFuture<T> first = (CompletableFuture<T>) CompletableFuture.anyOf(future, guard.lost());
        try {
            return deadline == Long.MAX_VALUE
                    ? first.get()
                    : first.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable lost = guard.failure();
            throw lost == null ? e : new ExecutionException(lost);
        }
    }

    /** Better now than after the run. Null: there is no file. */
    static void checkWritable(@Nullable Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        String why = Files.isDirectory(file)
                ? "it is a folder"
                : Files.exists(file)
                        ? Files.isWritable(file) ? "" : "access denied"
                        : folder == null || !Files.isDirectory(folder)
                                ? "there is no folder " + folder
                                : Files.isWritable(folder) ? "" : "access to its folder denied";
        if (!why.isEmpty()) {
            throw new IllegalArgumentException("'" + file + "' cannot be written: " + why);
        }
    }

    /** The deadline for what may take so long from now; null: for ever. */
    static long deadline(@Nullable Duration limit) {
        return limit == null ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
    }

    /** The time limit is over: {@link #disconnect} then waits for nothing. */
    final void hurry() {
        hurry = true;
    }

    /** Disconnects with the properties of {@code -D disconnect}, and ends the transport. */
    final void disconnect(MqttClient client) {
        disconnect(client, hurry ? Duration.ZERO : DISCONNECT_LIMIT);
        NettyTransport made = transport;
        if (made != null) {
            made.close();
        }
    }

    /** Disconnects while the JVM shuts down. */
    final void disconnectQuickly(MqttClient client) {
        disconnect(client, LIMIT_WHEN_INTERRUPTED);
    }

    private void disconnect(MqttClient client, Duration limit) {
        try {
            client.disconnectAsync(ReasonCode.SUCCESS, connection.properties(Property.Location.DISCONNECT), limit)
                    .get(limit.toMillis() + 300, TimeUnit.MILLISECONDS);
            CompletableFuture<Void> closed = client.closeAsync();
            if (!limit.isZero()) {
                closed.get(500, TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException | MqttException e) {
            client.closeAsync(); // the connection is lost or does not answer
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line on standard error, unless {@code --quiet}. */
    final void note(String text) {
        if (!connection.isQuiet()) {
            terminal.note(text);
        }
    }

    /** What came of it, for people. */
    static String summary(long messages, long bytes, Duration time) {
        return messages + (messages == 1 ? " message, " : " messages, ") + bytes + " bytes in " + time(time);
    }

    /** A time for people. */
    static String time(Duration duration) {
        return ConnectionWarnings.time(duration);
    }
}
