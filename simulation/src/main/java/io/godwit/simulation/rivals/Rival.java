package io.godwit.simulation.rivals;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One of two clients with the same identifier, which publishes whether it is connected or not. */
final class Rival implements AutoCloseable {
    /** So many publishes may be outstanding; none is added beyond that. */
    private static final int WINDOW = 2_000;

    // Set once.
    final String name;
    private final List<Qos> levels;
    private final MqttClient client;

    // Campaign's thread only.
    private final Map<String, CompletableFuture<PublishResult>> publishes = new LinkedHashMap<>();

    // Any thread.
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger takeovers = new AtomicInteger();
    private final AtomicInteger silentEnds = new AtomicInteger();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final Queue<String> otherEnds = new ConcurrentLinkedQueue<>();

    /**
     * @param identifier of both
     * @param clean whether each connection begins a new session
     * @param levels of the publishes, in turn
     */
    Rival(String server, String identifier, String name, boolean clean, List<Qos> levels) {
        this.name = name;
        this.levels = levels;
        this.client = MqttClient.builder()
                .server(server)
                .protocol(ProtocolVersion.V5)
                .clientId(identifier)
                .cleanSession(clean)
                .sessionExpiry(clean ? Duration.ZERO : Duration.ofHours(1))
                .listener(new Ends())
                .build();
    }

    private final class Ends implements ClientListener {
        @Override
        public void connecting(MqttClient of, int attempt) {
            attempts.incrementAndGet();
        }

        @Override
        public void disconnected(MqttClient of, DisconnectCause cause, @Nullable Duration next) {
            if (cause.reasonCode() == ReasonCode.SESSION_TAKEN_OVER) {
                takeovers.incrementAndGet();
            } else if (cause.reasonCode() != null || cause.endedBy() == DisconnectCause.EndedBy.CLIENT) {
                otherEnds.add(cause.text());
            } else if (cause.endedBy() != DisconnectCause.EndedBy.APPLICATION) {
                silentEnds.incrementAndGet();
            }
        }
    }

    void connect() {
        client.connectAsync();
    }

    void publish() {
        if (outstanding.get() >= WINDOW) {
            return;
        }
        String number = name + " " + publishes.size();
        Qos qos = levels.get(publishes.size() % levels.size());
        outstanding.incrementAndGet();
        CompletableFuture<PublishResult> publication =
                client.publishAsync(Message.of("rivals/" + name, number).withQos(qos));
        publication.whenComplete((result, failure) -> outstanding.decrementAndGet());
        publishes.put(number, publication);
    }

    boolean isDone() {
        return outstanding.get() == 0;
    }

    int outstanding() {
        return outstanding.get();
    }

    Qos qosOf(String number) {
        return levels.get(Integer.parseInt(number, number.indexOf(' ') + 1, number.length(), 10) % levels.size());
    }

    Map<String, CompletableFuture<PublishResult>> publishes() {
        return publishes;
    }

    int attempts() {
        return attempts.get();
    }

    int takeovers() {
        return takeovers.get();
    }

    /** How many connections the broker has closed without a word, as Mosquitto 2.0.11 does for a takeover. */
    int silentEnds() {
        return silentEnds.get();
    }

    /** Other reasons that connections have ended for. */
    List<String> otherEnds() {
        return List.copyOf(otherEnds);
    }

    /** Why a publish has failed; null: it has succeeded. */
    static @Nullable Throwable failure(CompletableFuture<PublishResult> publication) {
        try {
            publication.join();
            return null;
        } catch (CompletionException failed) {
            return failed.getCause();
        }
    }

    static boolean isSessionLost(Throwable failure) {
        return failure instanceof PublishException typed && typed.kind() == PublishException.Cause.SESSION_LOST;
    }

    @Override
    public void close() {
        client.close();
    }
}
