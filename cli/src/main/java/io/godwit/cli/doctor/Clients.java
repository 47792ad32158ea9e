package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The clients of one examination: each connects at most once, with a clean session and within the time limit of a step,
 * and disconnects properly. Topics and identifiers are unique to one examination.
 */
final class Clients implements AutoCloseable {
    private final Function<ProtocolVersion, MqttClientBuilder> options;
    private final boolean identified;
    private final String topics;
    private final Duration limit;
    private final String own = new BigInteger(50, new SecureRandom()).toString(36);
    private final List<MqttClient> open = new ArrayList<>();
    private int made;

    /**
     * @param options the builder with all that the command line says
     * @param identified whether the user has named the client identifier, which all clients then share, one after the other
     * @param topics below which the doctor may publish and subscribe
     * @param limit of each step
     */
    Clients(Function<ProtocolVersion, MqttClientBuilder> options, boolean identified, String topics, Duration limit) {
        this.options = options;
        this.identified = identified;
        this.topics = topics;
        this.limit = limit;
    }

    boolean isIdentified() {
        return identified;
    }

    Duration limit() {
        return limit;
    }

    String topic(String name) {
        return topics + "/" + own + "/" + name;
    }

    /** A client that the caller closes, not connected yet. */
    MqttClient build(ProtocolVersion version, UnaryOperator<MqttClientBuilder> change) {
        MqttClientBuilder builder = options.apply(version)
                .cleanSession(true)
                .reconnect(Reconnect.never())
                .retryFirst(false)
                .connackTimeout(limit)
                .callTimeout(limit)
                .closeTimeout(limit);
        if (!identified) {
            builder.clientId("doctor-" + own + "-" + ++made); // fits MQTT 3.1, which takes 23 characters
        }
        if (version == ProtocolVersion.V5) {
            builder.property(Property.SESSION_EXPIRY_INTERVAL, null); // whatever -x says
        }
        MqttClient client = change.apply(builder).build();
        open.add(client);
        return client;
    }

    /** A connected client for one check; without the will, which the broker would publish if the check loses the connection. */
    MqttClient connected(ProtocolVersion version) {
        if (identified) {
            close(); // two at once under one identifier throw each other out
        }
        MqttClient client = build(version, builder -> builder.will(null));
        client.connect();
        return client;
    }

    /** Closes the clients that are still open. */
    @Override
    public void close() {
        for (MqttClient client : open) {
            try {
                client.close();
            } catch (MqttException e) {
                continue; // it is gone, or as good as that
            }
        }
        open.clear();
    }

    /** A time for people. */
    static String time(Duration time) {
        double millis = time.toNanos() / 1e6;
        return millis >= 1000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1000)
                : String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }
}
