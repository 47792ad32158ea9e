package io.godwit.nodemcu;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The result of one {@code connect} call: the {@link MqttClient} of the current connection and, with autoreconnect, those
 * after it. Each connection gets a new client, because the module never subscribes on the script's behalf.
 */
final class DeviceConnection {

    private final Mqtt owner;
    private final Target target;
    private final boolean autoreconnect;
    private final @Nullable Message will;

    // Written on the executor of callbacks, or before start.
    private volatile @Nullable MqttClient client;
    private volatile boolean connected;
    private volatile boolean established;
    private volatile boolean closing;
    private volatile @Nullable Runnable retry;

    /** The broker's address. */
    record Target(String host, int port, Secure secure) {}

    DeviceConnection(Mqtt owner, Target target, boolean autoreconnect, @Nullable Message will) {
        this.owner = owner;
        this.target = target;
        this.autoreconnect = autoreconnect;
        this.will = will;
    }

    boolean isConnected() {
        return connected;
    }

    boolean isFirstAttempt() {
        return !established;
    }

    /**
     * Creates the client of the first attempt, so that invalid settings are reported before the old connection closes.
     *
     * @throws IllegalArgumentException if host, port or PEM text is invalid
     */
    void prepare() {
        client = newClient();
    }

    private MqttClient newClient() {
        MqttSettings settings = owner.settings();
        MqttParameters identity = owner.identity();
        ServerAddress address = ServerAddress.of(
                target.secure() instanceof Secure.Off ? ServerAddress.Scheme.MQTT : ServerAddress.Scheme.MQTTS,
                target.host(),
                target.port());
        TransportOptions.Builder transport =
                TransportOptions.builder().servers(List.of(address)).connectTimeout(settings.networkTimeout());
        SecureOptions.apply(target.secure(), transport);
        MqttClientBuilder builder = settings.environment()
                .clients()
                .get()
                .transport(transport.build())
                .protocol(settings.version())
                .clientId(identity.clientId())
                .cleanSession(identity.cleanSession())
                .keepAlive(Duration.ofSeconds(identity.keepalive()))
                .will(will)
                .reconnect(Reconnect.never())
                .connackTimeout(settings.networkTimeout())
                .closeTimeout(settings.networkTimeout())
                .executor(owner.events())
                .manualHandler("#", (message, acknowledgement) -> {
                    // What arrives while the connection closes stays unacknowledged, and comes again with the session.
                    if (owner.arrived(this, message)) {
                        acknowledgement.acknowledge();
                    }
                })
                .listener(new ClientListener() {
                    @Override
                    public void disconnected(MqttClient from, DisconnectCause cause, @Nullable Duration next) {
                        broke(from, cause);
                    }
                });
        String username = identity.username();
        if (username != null) {
            Credentials credentials = Credentials.of(username, identity.password());
            builder.credentials(() -> credentials);
        }
        return TransportAccess.use(builder, owner.transport()).build();
    }

    /** Starts an attempt with the prepared client. */
    void start() {
        MqttClient now = client;
        if (now == null || closing) {
            return;
        }
        owner.then(now.connectAsync(), (result, problem) -> {
            if (now != client || closing) {
                return;
            }
            if (problem == null) {
                up(result);
            } else {
                down(problem);
            }
        });
    }

    private void up(ConnectResult result) {
        boolean first = !established;
        established = true;
        connected = true;
        owner.established(this, first, result.sessionPresent());
    }

    private void down(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        if (!(cause instanceof MqttConnectException refused)) {
            // Closed meanwhile, or broken right after CONNACK: the listener reports that.
            return;
        }
        ConnectFailure failure = refused.failure();
        discard();
        if (established && autoreconnect) {
            owner.failing(failure);
            waitAndRetry();
        } else {
            owner.failed(this, failure);
        }
    }

    private void broke(MqttClient from, DisconnectCause cause) {
        if (from != client || cause.endedBy() == DisconnectCause.EndedBy.APPLICATION || closing || !connected) {
            return;
        }
        connected = false;
        discard();
        if (autoreconnect) {
            owner.broken();
            waitAndRetry();
        } else {
            owner.lost(this);
        }
    }

    private void waitAndRetry() {
        MqttSettings settings = owner.settings();
        double jitter = 1
                + settings.reconnect().jitter()
                        * (2 * settings.environment().random().getAsDouble() - 1);
        Duration delay =
                Duration.ofNanos((long) (settings.reconnect().interval().toNanos() * jitter));
        retry = owner.timer().after(delay, () -> {
            retry = null;
            if (!closing && owner.isCurrent(this)) {
                client = newClient();
                start();
            }
        });
    }

    private void discard() {
        MqttClient old = client;
        client = null;
        if (old != null) {
            old.closeAsync();
        }
    }

    CompletableFuture<PublishResult> publish(Message message) {
        MqttClient now = client;
        return now == null ? gone() : now.publishAsync(message);
    }

    CompletableFuture<Subscription> subscribe(List<TopicSubscription> subscriptions) {
        MqttClient now = client;
        // Messages reach the script through the handler of "#", which does not match topics with a "$" [MQTT-4.7.2-1].
        boolean hidden =
                subscriptions.stream().anyMatch(s -> s.filter().matchText().startsWith("$"));
        return now == null
                ? gone()
                : now.subscribeAsync(subscriptions, message -> {
                    if (hidden && message.topic().startsWith("$")) {
                        owner.arrived(this, message);
                    }
                });
    }

    CompletableFuture<Void> unsubscribe(List<String> filters) {
        MqttClient now = client;
        return now == null ? gone() : now.unsubscribeAsync(filters.toArray(new String[0]));
    }

    private static <T> CompletableFuture<T> gone() {
        return CompletableFuture.failedFuture(new IllegalStateException("not connected"));
    }

    /** Closes it with DISCONNECT; no callback comes after that. */
    CompletableFuture<Void> close() {
        closing = true;
        connected = false;
        Runnable waiting = retry;
        if (waiting != null) {
            waiting.run();
        }
        MqttClient last = client;
        return last == null ? CompletableFuture.completedFuture(null) : last.closeAsync();
    }
}
