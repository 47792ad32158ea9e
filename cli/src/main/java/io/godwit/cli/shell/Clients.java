package io.godwit.cli.shell;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The clients of a shell by name, and the one that commands go to. Changed by the shell's thread, read by any. */
final class Clients {
    private final Map<String, ShellClient> byName = new ConcurrentSkipListMap<>();
    private volatile @Nullable ShellClient current;

    /** The client that commands go to. */
    ShellClient current() {
        ShellClient client = current;
        if (client == null) {
            throw new IllegalArgumentException(
                    byName.isEmpty()
                            ? "no client yet: use connect -h HOST"
                            : "no current client: use " + String.join("|", byName.keySet()));
        }
        return client;
    }

    @Nullable
    ShellClient currentOrNull() {
        return current;
    }

    /** The client of that name, or the one in use when the name is null. */
    ShellClient named(@Nullable String name) {
        if (name == null) {
            return current();
        }
        ShellClient client = byName.get(name);
        if (client == null) {
            throw new IllegalArgumentException("unknown client '" + name + "'; known clients: "
                    + (byName.isEmpty() ? "none" : String.join(", ", byName.keySet())));
        }
        return client;
    }

    Collection<ShellClient> all() {
        return byName.values();
    }

    /** A name that no client has, for one that got none. */
    String freeName() {
        int number = 1;
        while (byName.containsKey("c" + number)) {
            number++;
        }
        return "c" + number;
    }

    void checkFree(String name) {
        if (byName.containsKey(name)) {
            throw new IllegalArgumentException(
                    "client '" + name + "' already exists: disconnect " + name + ", or connect under another NAME");
        }
    }

    /** Adds a client and puts it in use. */
    void add(ShellClient client) {
        byName.put(client.name(), client);
        current = client;
    }

    void use(ShellClient client) {
        current = client;
    }

    /** Disconnects in order and forgets the client. The next in the alphabet is in use then, if it was this. */
    void disconnect(ShellClient client, Duration timeout) throws InterruptedException {
        byName.remove(client.name());
        if (current == client) {
            current = byName.values().stream().findFirst().orElse(null);
        }
        disconnect(client.mqtt(), timeout);
    }

    /** Disconnects all, at the end. */
    void close(Duration timeout) throws InterruptedException {
        for (ShellClient client : all()) {
            disconnect(client, timeout);
        }
    }

    private static void disconnect(MqttClient client, Duration timeout) throws InterruptedException {
        try {
            CompletableFuture<Void> gone = client.disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, timeout);
            gone.get(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | MqttException e) {
            // the connection is gone, or as good as that
        } finally {
            client.closeAsync();
        }
    }
}
