package io.godwit.mqtt.micrometer;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MessageListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Meters of one or more MQTT clients in a {@link MeterRegistry}. Add it to each client's builder; the meters of a client are
 * registered when it is built and removed when it is closed.
 *
 * <pre>{@code
 * MqttMetrics metrics = MqttMetrics.create(registry);
 * MqttClient client = MqttClient.builder().server("mqtt://localhost").clientId("boiler-7").listener(metrics).build();
 * }</pre>
 *
 * <p>All meters have the tag {@code client}, the client identifier. Give clients identifiers of their own: an identifier that
 * is made up at each start is a new time series each time. Any thread.
 */
public class MqttMetrics implements ClientListener {
    // Set once.
    private final MeterSettings settings;

    /** Any thread. */
    private final Map<MqttClient, ClientMeters> clients = new ConcurrentHashMap<>();

    private MqttMetrics(MeterSettings settings) {
        this.settings = settings;
    }

    /** Metrics in this registry, without topics. */
    public static MqttMetrics create(MeterRegistry registry) {
        return builder(registry).build();
    }

    public static Builder builder(MeterRegistry registry) {
        return new Builder(registry);
    }

    /** Configures {@link MqttMetrics}. Not thread-safe. */
    public static final class Builder {
        final MeterRegistry registry;
        Tags tags = Tags.empty();

        @Nullable
        Function<String, @Nullable String> topics;

        boolean timers = true;

        private Builder(MeterRegistry registry) {
            this.registry = Objects.requireNonNull(registry, "registry");
        }

        /** Adds tags to every meter. */
        public Builder tags(Iterable<Tag> more) {
            tags = tags.and(more);
            return this;
        }

        /**
         * Adds the tag {@code topic} to the timers. The function makes its value of a topic name: return one of a few values,
         * such as {@code "boiler/+/temp"}, since each is a time series of its own. Null, and all values beyond the first {@value
         * ClientMeters#MOST_TOPICS} of a client, become {@code other}.
         */
        public Builder topics(Function<String, @Nullable String> mapper) {
            topics = Objects.requireNonNull(mapper, "mapper");
            return this;
        }

        /** Whether each publish and each handler is timed, true by default. Without timers a message costs nothing more than without metrics. */
        public Builder timers(boolean on) {
            timers = on;
            return this;
        }

        public MqttMetrics build() {
            MeterSettings settings = new MeterSettings(registry, tags, topics, timers);
            return timers ? new Timed(settings) : new MqttMetrics(settings);
        }
    }

    final ClientMeters meters(MqttClient client) {
        ClientMeters present = clients.get(client);
        return present != null ? present : clients.computeIfAbsent(client, added -> new ClientMeters(added, settings));
    }

    /** Those for a message, which may come before the client is reported as built. Null: it is closed, and its handlers have outlived it. */
    final @Nullable ClientMeters metersUnlessClosed(MqttClient client) {
        ClientMeters present = clients.get(client);
        return present != null || client.state() == ClientState.CLOSED ? present : meters(client);
    }

    // ---- connections ----

    @Override
    public void built(MqttClient client, int publishes, int subscriptions) {
        meters(client);
    }

    @Override
    public void closed(MqttClient client) {
        ClientMeters removed = clients.remove(client);
        if (removed != null) {
            removed.remove();
        }
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        meters(client).connected(result.server());
    }

    @Override
    public void connectFailed(MqttClient client, ConnectFailure failure, @Nullable Duration next) {
        meters(client).connectFailed(failure);
    }

    @Override
    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
        meters(client).disconnected(cause);
    }

    @Override
    public void queueFull(MqttClient client, int messages, long bytes) {
        meters(client).queueFull(true);
    }

    @Override
    public void queueHasRoom(MqttClient client) {
        meters(client).queueFull(false);
    }

    @Override
    public void readingPaused(MqttClient client, int messages, long bytes) {
        meters(client).readingPaused(true);
    }

    @Override
    public void readingResumed(MqttClient client, Duration paused) {
        meters(client).readingPaused(false);
    }

    @Override
    public void missed(MqttClient client, long calls) {
        meters(client).missed(calls);
    }

    /** Hears of each message too. */
    private static final class Timed extends MqttMetrics implements MessageListener {
        Timed(MeterSettings settings) {
            super(settings);
        }

        @Override
        public void publishAcknowledged(MqttClient client, Message message, PublishResult result, Duration took) {
            published(client, message, null, took);
        }

        @Override
        public void publishFailed(MqttClient client, Message message, MqttException failure, Duration took) {
            published(client, message, failure, took);
        }

        private void published(MqttClient client, Message message, @Nullable MqttException failure, Duration took) {
            ClientMeters meters = metersUnlessClosed(client);
            if (meters != null) {
                meters.published(message, failure, took);
            }
        }

        @Override
        public void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {
            ClientMeters meters = metersUnlessClosed(client);
            if (meters != null) {
                meters.handled(message, failure, took);
            }
        }
    }
}
