package io.godwit.cli;

import io.godwit.cli.options.ConnectionOptions;
import io.godwit.cli.output.ConnectionWarnings;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.packets.PacketPrinter;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** What the commands have in common that are a client of a broker: options, remarks about the connection, the good-bye. */
abstract class ClientCommand implements Callable<Integer> {
    private static final Duration PATIENCE_WHEN_INTERRUPTED = Duration.ofSeconds(2);

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    private final Terminal terminal;

    ClientCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    final Terminal terminal() {
        return terminal;
    }

    final ConnectionOptions connection() {
        return connection;
    }

    /** The builder from the options, with remarks about lost connections, and each packet printed at {@code -d}. */
    final MqttClientBuilder builder() {
        return builder(tap());
    }

    /** The same over this transport; null: the usual one. */
    final MqttClientBuilder builder(@Nullable Transport transport) {
        return connection.builder(transport).listener(new ConnectionWarnings(this::note, connection.isDebug()));
    }

    /** What prints each packet at {@code -d}, else null. */
    final @Nullable Transport tap() {
        return connection.isDebug() ? PacketPrinter.tapped(connection.version(), terminal::note, 0) : null;
    }

    /** Connects; takes the time that the options allow, however often that means to try. */
    static void connect(MqttClient client) throws Exception {
        connectWithin(client, Long.MAX_VALUE);
    }

    /** Connects before the deadline, in nanoseconds of {@link System#nanoTime}; {@link Long#MAX_VALUE}: none. */
    static void connectWithin(MqttClient client, long deadline) throws Exception {
        try {
            waitFor(client.connectAsync(), deadline);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Waits for the future until the deadline. */
    static <T> T waitFor(CompletableFuture<T> future, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        return deadline == Long.MAX_VALUE
                ? future.get()
                : future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** The deadline for what may take so long from now; null: for ever. */
    static long deadline(@Nullable Duration limit) {
        return limit == null ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
    }

    /** Says good-bye in order, with the properties of {@code -D disconnect}. */
    final void disconnect(MqttClient client) {
        disconnect(client, Duration.ofSeconds(5));
    }

    /** The same in a hurry, while the JVM shuts down. */
    final void disconnectQuickly(MqttClient client) {
        disconnect(client, PATIENCE_WHEN_INTERRUPTED);
    }

    private void disconnect(MqttClient client, Duration patience) {
        try {
            client.disconnectAsync(ReasonCode.SUCCESS, connection.properties(Property.Location.DISCONNECT), patience)
                    .get(patience.toMillis() + 1_000, TimeUnit.MILLISECONDS);
            client.closeAsync().get(1, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | MqttException e) {
            // the connection is gone, or as good as that
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
