package io.godwit.mqtt.protocol;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A property of MQTT 5 as the table in section 2.2.2.2 has it: its identifier, how its value is written, and the packets
 * that may carry it.
 *
 * @param <T> the Java type of its value
 */
public final class Property<T> {
    /** How a value is written, section 1.5. */
    public enum Type {
        BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        VARIABLE,
        STRING,
        STRING_PAIR,
        BINARY
    }

    /** Where a property may stand: a packet type, or the will inside CONNECT. */
    public enum Location {
        CONNECT,
        WILL,
        CONNACK,
        PUBLISH,
        PUBACK,
        PUBREC,
        PUBREL,
        PUBCOMP,
        SUBSCRIBE,
        SUBACK,
        UNSUBSCRIBE,
        UNSUBACK,
        DISCONNECT,
        AUTH
    }

    /** 0x01: 0: bytes; 1: UTF-8 text. */
    public static final Property<Integer> PAYLOAD_FORMAT_INDICATOR =
            new Property<>(0x01, "PAYLOAD_FORMAT_INDICATOR", Type.BYTE, Integer.class, Location.PUBLISH, Location.WILL);

    /** 0x02: seconds, 0 to 4,294,967,295. */
    public static final Property<Long> MESSAGE_EXPIRY_INTERVAL = new Property<>(
            0x02, "MESSAGE_EXPIRY_INTERVAL", Type.FOUR_BYTES, Long.class, Location.PUBLISH, Location.WILL);

    /** 0x03: the kind of payload, such as a MIME type. */
    public static final Property<String> CONTENT_TYPE =
            new Property<>(0x03, "CONTENT_TYPE", Type.STRING, String.class, Location.PUBLISH, Location.WILL);

    /** 0x08: the topic name for a response. */
    public static final Property<String> RESPONSE_TOPIC =
            new Property<>(0x08, "RESPONSE_TOPIC", Type.STRING, String.class, Location.PUBLISH, Location.WILL);

    /** 0x09: tells which request a response belongs to. */
    public static final Property<byte[]> CORRELATION_DATA =
            new Property<>(0x09, "CORRELATION_DATA", Type.BINARY, byte[].class, Location.PUBLISH, Location.WILL);

    /** 0x0B: 1 to 268,435,455; several in a PUBLISH. */
    public static final Property<Integer> SUBSCRIPTION_IDENTIFIER = new Property<>(
            0x0B, "SUBSCRIPTION_IDENTIFIER", Type.VARIABLE, Integer.class, Location.PUBLISH, Location.SUBSCRIBE);

    /** 0x11: seconds; 4,294,967,295: never. */
    public static final Property<Long> SESSION_EXPIRY_INTERVAL = new Property<>(
            0x11,
            "SESSION_EXPIRY_INTERVAL",
            Type.FOUR_BYTES,
            Long.class,
            Location.CONNECT,
            Location.CONNACK,
            Location.DISCONNECT);

    /** 0x12: the identifier that the server chose. */
    public static final Property<String> ASSIGNED_CLIENT_IDENTIFIER =
            new Property<>(0x12, "ASSIGNED_CLIENT_IDENTIFIER", Type.STRING, String.class, Location.CONNACK);

    /** 0x13: seconds; replaces the client's keep alive. */
    public static final Property<Integer> SERVER_KEEP_ALIVE =
            new Property<>(0x13, "SERVER_KEEP_ALIVE", Type.TWO_BYTES, Integer.class, Location.CONNACK);

    /** 0x15: name of the extended authentication. */
    public static final Property<String> AUTHENTICATION_METHOD = new Property<>(
            0x15,
            "AUTHENTICATION_METHOD",
            Type.STRING,
            String.class,
            Location.CONNECT,
            Location.CONNACK,
            Location.AUTH);

    /** 0x16: bytes of the authentication method. */
    public static final Property<byte[]> AUTHENTICATION_DATA = new Property<>(
            0x16, "AUTHENTICATION_DATA", Type.BINARY, byte[].class, Location.CONNECT, Location.CONNACK, Location.AUTH);

    /** 0x17: 0 or 1; 1 when absent. */
    public static final Property<Integer> REQUEST_PROBLEM_INFORMATION =
            new Property<>(0x17, "REQUEST_PROBLEM_INFORMATION", Type.BYTE, Integer.class, Location.CONNECT);

    /** 0x18: seconds; 0 when absent. */
    public static final Property<Long> WILL_DELAY_INTERVAL =
            new Property<>(0x18, "WILL_DELAY_INTERVAL", Type.FOUR_BYTES, Long.class, Location.WILL);

    /** 0x19: 0 or 1; 0 when absent. */
    public static final Property<Integer> REQUEST_RESPONSE_INFORMATION =
            new Property<>(0x19, "REQUEST_RESPONSE_INFORMATION", Type.BYTE, Integer.class, Location.CONNECT);

    /** 0x1A: basis for a response topic. */
    public static final Property<String> RESPONSE_INFORMATION =
            new Property<>(0x1A, "RESPONSE_INFORMATION", Type.STRING, String.class, Location.CONNACK);

    /** 0x1C: another server to use. */
    public static final Property<String> SERVER_REFERENCE =
            new Property<>(0x1C, "SERVER_REFERENCE", Type.STRING, String.class, Location.CONNACK, Location.DISCONNECT);

    /** 0x1F: for a person to read: why. */
    public static final Property<String> REASON_STRING = new Property<>(
            0x1F,
            "REASON_STRING",
            Type.STRING,
            String.class,
            Location.CONNACK,
            Location.PUBACK,
            Location.PUBREC,
            Location.PUBREL,
            Location.PUBCOMP,
            Location.SUBACK,
            Location.UNSUBACK,
            Location.DISCONNECT,
            Location.AUTH);

    /** 0x21: 1 to 65,535 publishes of QoS 1 and 2 in flight; 65,535 when absent. */
    public static final Property<Integer> RECEIVE_MAXIMUM =
            new Property<>(0x21, "RECEIVE_MAXIMUM", Type.TWO_BYTES, Integer.class, Location.CONNECT, Location.CONNACK);

    /** 0x22: 0 to 65,535; 0 when absent. */
    public static final Property<Integer> TOPIC_ALIAS_MAXIMUM = new Property<>(
            0x22, "TOPIC_ALIAS_MAXIMUM", Type.TWO_BYTES, Integer.class, Location.CONNECT, Location.CONNACK);

    /** 0x23: 1 to 65,535; stands for a topic name on this connection. */
    public static final Property<Integer> TOPIC_ALIAS =
            new Property<>(0x23, "TOPIC_ALIAS", Type.TWO_BYTES, Integer.class, Location.PUBLISH);

    /** 0x24: 0 or 1; 2 when absent. */
    public static final Property<Integer> MAXIMUM_QOS =
            new Property<>(0x24, "MAXIMUM_QOS", Type.BYTE, Integer.class, Location.CONNACK);

    /** 0x25: 0 or 1; 1 when absent. */
    public static final Property<Integer> RETAIN_AVAILABLE =
            new Property<>(0x25, "RETAIN_AVAILABLE", Type.BYTE, Integer.class, Location.CONNACK);

    /** 0x26: a name and a value; may appear many times. */
    public static final Property<UserProperty> USER_PROPERTY = new Property<>(
            0x26,
            "USER_PROPERTY",
            Type.STRING_PAIR,
            UserProperty.class,
            Location.CONNECT,
            Location.CONNACK,
            Location.PUBLISH,
            Location.WILL,
            Location.PUBACK,
            Location.PUBREC,
            Location.PUBREL,
            Location.PUBCOMP,
            Location.SUBSCRIBE,
            Location.SUBACK,
            Location.UNSUBSCRIBE,
            Location.UNSUBACK,
            Location.DISCONNECT,
            Location.AUTH);

    /** 0x27: bytes, 1 to 4,294,967,295; no limit when absent. */
    public static final Property<Long> MAXIMUM_PACKET_SIZE = new Property<>(
            0x27, "MAXIMUM_PACKET_SIZE", Type.FOUR_BYTES, Long.class, Location.CONNECT, Location.CONNACK);

    /** 0x28: 0 or 1; 1 when absent. */
    public static final Property<Integer> WILDCARD_SUBSCRIPTION_AVAILABLE =
            new Property<>(0x28, "WILDCARD_SUBSCRIPTION_AVAILABLE", Type.BYTE, Integer.class, Location.CONNACK);

    /** 0x29: 0 or 1; 1 when absent. */
    public static final Property<Integer> SUBSCRIPTION_IDENTIFIER_AVAILABLE =
            new Property<>(0x29, "SUBSCRIPTION_IDENTIFIER_AVAILABLE", Type.BYTE, Integer.class, Location.CONNACK);

    /** 0x2A: 0 or 1; 1 when absent. */
    public static final Property<Integer> SHARED_SUBSCRIPTION_AVAILABLE =
            new Property<>(0x2A, "SHARED_SUBSCRIPTION_AVAILABLE", Type.BYTE, Integer.class, Location.CONNACK);

    private static final List<Property<?>> ALL = List.of(
            PAYLOAD_FORMAT_INDICATOR,
            MESSAGE_EXPIRY_INTERVAL,
            CONTENT_TYPE,
            RESPONSE_TOPIC,
            CORRELATION_DATA,
            SUBSCRIPTION_IDENTIFIER,
            SESSION_EXPIRY_INTERVAL,
            ASSIGNED_CLIENT_IDENTIFIER,
            SERVER_KEEP_ALIVE,
            AUTHENTICATION_METHOD,
            AUTHENTICATION_DATA,
            REQUEST_PROBLEM_INFORMATION,
            WILL_DELAY_INTERVAL,
            REQUEST_RESPONSE_INFORMATION,
            RESPONSE_INFORMATION,
            SERVER_REFERENCE,
            REASON_STRING,
            RECEIVE_MAXIMUM,
            TOPIC_ALIAS_MAXIMUM,
            TOPIC_ALIAS,
            MAXIMUM_QOS,
            RETAIN_AVAILABLE,
            USER_PROPERTY,
            MAXIMUM_PACKET_SIZE,
            WILDCARD_SUBSCRIPTION_AVAILABLE,
            SUBSCRIPTION_IDENTIFIER_AVAILABLE,
            SHARED_SUBSCRIPTION_AVAILABLE);

    private static final @Nullable Property<?>[] BY_IDENTIFIER = new Property<?>[0x2B];

    static {
        for (Property<?> property : ALL) {
            BY_IDENTIFIER[property.identifier] = property;
        }
    }

    private final int identifier;
    private final String name;
    private final Type type;
    private final Class<T> valueType;
    private final Set<Location> locations;
    private final long minimum;
    private final long maximum;

    private Property(int identifier, String name, Type type, Class<T> valueType, Location first, Location... rest) {
        this.identifier = identifier;
        this.name = name.toLowerCase(Locale.ROOT).replace('_', ' ');
        this.type = type;
        this.valueType = valueType;
        this.locations = EnumSet.of(first, rest);
        this.minimum = switch (identifier) {
            case 0x0B, 0x21, 0x23, 0x27 -> 1;
            default -> 0;
        };
        this.maximum = switch (type) {
            case BYTE -> 1; // Each that the standard has says no or yes.
            case TWO_BYTES -> 0xFFFF;
            case FOUR_BYTES -> 0xFFFF_FFFFL;
            case VARIABLE -> 0x0FFF_FFFF;
            case STRING, STRING_PAIR, BINARY -> 0;
        };
    }

    /** Every property of the standard, by rising identifier. */
    public static List<Property<?>> all() {
        return ALL;
    }

    /** The property with this identifier, or null when the standard names none. */
    public static @Nullable Property<?> of(int identifier) {
        return identifier > 0 && identifier < BY_IDENTIFIER.length ? BY_IDENTIFIER[identifier] : null;
    }

    /** The identifier on the wire, 0x01 to 0x2A. */
    public int identifier() {
        return identifier;
    }

    /** The standard's name in lower case, such as "receive maximum". */
    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    public Class<T> valueType() {
        return valueType;
    }

    /** The least value of a number, 0 or 1. */
    public long minimum() {
        return minimum;
    }

    /** The greatest value of a number: 1 for those that say yes or no, else what the type can hold; 0 if it is not a number. */
    public long maximum() {
        return maximum;
    }

    /** Whether a packet of this kind may carry the property. */
    public boolean allowedIn(Location location) {
        return locations.contains(location);
    }

    /** Whether a packet of this kind may carry it more than once. */
    public boolean repeatableIn(Location location) {
        return this == USER_PROPERTY || this == SUBSCRIPTION_IDENTIFIER && location == Location.PUBLISH;
    }

    @Override
    public String toString() {
        return name;
    }
}
