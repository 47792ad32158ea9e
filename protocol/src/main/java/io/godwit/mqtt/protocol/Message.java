package io.godwit.mqtt.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An application message: what travels from a publisher to its subscribers. Immutable; {@link #withQos(Qos)} and its
 * neighbours return a changed copy. Properties are those of MQTT 5: publishing a message that has some over an older version fails,
 * unless the client may drop them.
 *
 * <p>The payload array is not copied, neither in nor out: do not change it while a publish of it is under way. A time limit
 * that has passed, or a {@code cancel} that returned false, does not end a publish.
 */
public final class Message {
    private static final byte[] EMPTY = new byte[0];

    private final String topic;
    private final byte[] payload;
    private final Qos qos;
    private final boolean retain;
    private final boolean duplicate;
    private final MqttProperties properties;

    public Message(String topic, byte[] payload, Qos qos, boolean retain, MqttProperties properties) {
        this(topic, payload, qos, retain, false, properties);
    }

    /** @param duplicate see {@link #isDuplicate()}; for messages that were received */
    public Message(
            String topic, byte[] payload, Qos qos, boolean retain, boolean duplicate, MqttProperties properties) {
        this.topic = Objects.requireNonNull(topic, "topic");
        this.payload = Objects.requireNonNull(payload, "payload");
        this.qos = Objects.requireNonNull(qos, "qos");
        this.retain = retain;
        this.duplicate = duplicate;
        this.properties = Objects.requireNonNull(properties, "properties");
    }

    /** A message of QoS 1, not retained; the text is written as UTF-8. */
    public static Message of(String topic, String text) {
        return of(topic, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A message of QoS 1, not retained. */
    public static Message of(String topic, byte[] payload) {
        return new Message(topic, payload, Qos.AT_LEAST_ONCE, false, MqttProperties.NONE);
    }

    /** A message without payload, QoS 1, retained: it removes what the broker has retained for the topic. */
    public static Message clearRetained(String topic) {
        return new Message(topic, EMPTY, Qos.AT_LEAST_ONCE, true, MqttProperties.NONE);
    }

    public String topic() {
        return topic;
    }

    /** The payload itself, not a copy. */
    public byte[] payload() {
        return payload;
    }

    /** The payload as UTF-8 text; bytes that are not UTF-8 become U+FFFD. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    public Qos qos() {
        return qos;
    }

    /** Outgoing: the broker shall keep it for later subscribers. Incoming: it was kept and is not new. */
    public boolean retain() {
        return retain;
    }

    /**
     * Incoming: the DUP flag, section 3.3.1.1: the broker may have sent this message before. It says nothing about whether
     * that was received. Has no effect on an outgoing message, and {@link #equals} ignores it.
     */
    public boolean isDuplicate() {
        return duplicate;
    }

    /** All properties of MQTT 5; the methods below name the common ones. */
    public MqttProperties properties() {
        return properties;
    }

    public @Nullable String contentType() {
        return properties.get(Property.CONTENT_TYPE);
    }

    public @Nullable String responseTopic() {
        return properties.get(Property.RESPONSE_TOPIC);
    }

    /** The correlation data itself, not a copy. */
    public byte @Nullable [] correlationData() {
        return properties.get(Property.CORRELATION_DATA);
    }

    /** How long the message is worth delivering, in whole seconds; null: forever. */
    public @Nullable Duration expiry() {
        Long seconds = properties.get(Property.MESSAGE_EXPIRY_INTERVAL);
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    public List<UserProperty> userProperties() {
        return properties.getAll(Property.USER_PROPERTY);
    }

    /** The value of the first user property with this name, or null. */
    public @Nullable String userProperty(String name) {
        for (UserProperty property : userProperties()) {
            if (property.name().equals(name)) {
                return property.value();
            }
        }
        return null;
    }

    public Message withTopic(String newTopic) {
        return new Message(newTopic, payload, qos, retain, duplicate, properties);
    }

    public Message withQos(Qos newQos) {
        return new Message(topic, payload, newQos, retain, duplicate, properties);
    }

    public Message withRetain(boolean newRetain) {
        return new Message(topic, payload, qos, newRetain, duplicate, properties);
    }

    public Message withProperties(MqttProperties newProperties) {
        return new Message(topic, payload, qos, retain, duplicate, newProperties);
    }

    public Message withContentType(@Nullable String type) {
        return withProperties(properties.with(Property.CONTENT_TYPE, type));
    }

    public Message withResponseTopic(@Nullable String topicName) {
        return withProperties(properties.with(Property.RESPONSE_TOPIC, topicName));
    }

    public Message withCorrelationData(byte @Nullable [] data) {
        return withProperties(properties.with(Property.CORRELATION_DATA, data));
    }

    /**
     * Sets the message expiry interval; null removes it. Time spent in a queue of this client counts. On 3.1 and 3.1.1,
     * which have no such field, it limits the time in the client's queue only.
     *
     * @throws IllegalArgumentException unless 0 to 4,294,967,295 whole seconds
     */
    public Message withExpiry(@Nullable Duration expiry) {
        if (expiry != null && (expiry.isNegative() || expiry.toSeconds() > 0xFFFF_FFFFL || expiry.getNano() != 0)) {
            throw new IllegalArgumentException("invalid message expiry " + expiry
                    + ": must be whole seconds from 0 to 4,294,967,295 (MQTT 5, 3.3.2.3.3)");
        }
        return withProperties(
                properties.with(Property.MESSAGE_EXPIRY_INTERVAL, expiry == null ? null : expiry.toSeconds()));
    }

    /** Adds a user property; one of the same name stays. */
    public Message withUserProperty(String name, String value) {
        return withProperties(properties.and(Property.USER_PROPERTY, new UserProperty(name, value)));
    }

    /** Says that the payload is UTF-8 text (payload format indicator 1) or unspecified bytes. */
    public Message withUtf8(boolean isText) {
        return withProperties(properties.with(Property.PAYLOAD_FORMAT_INDICATOR, isText ? 1 : null));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Message that
                && topic.equals(that.topic)
                && qos == that.qos
                && retain == that.retain
                && Arrays.equals(payload, that.payload)
                && properties.equals(that.properties);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + Arrays.hashCode(payload);
    }

    /** Topic, size, QoS and properties; never the payload, which may be a secret. */
    @Override
    public String toString() {
        return "Message[" + topic + ", " + payload.length + " bytes, QoS " + qos.level() + (retain ? ", retain" : "")
                + (properties.isEmpty() ? "" : ", " + properties) + "]";
    }
}
