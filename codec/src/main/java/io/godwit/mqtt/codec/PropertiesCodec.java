package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.UserProperty;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The properties of MQTT 5, section 2.2.2: their length, then identifier and value of each. Checks which packet may
 * carry which property, how often, and the range of its value.
 */
final class PropertiesCodec {
    private static final String SECTION = "(section 2.2.2.2)";

    private PropertiesCodec() {}

    /**
     * The bytes that the properties take, without the length in front.
     *
     * @throws IllegalArgumentException if this packet may not carry one of them
     */
    static int length(MqttProperties properties, Location location) {
        long seen = 0;
        long length = 0;
        for (int i = 0; i < properties.size(); i++) {
            Property<?> property = properties.property(i);
            Object value = properties.value(i);
            if (!property.allowedIn(location)) {
                throw new IllegalArgumentException(
                        "the property '" + property + "' is not allowed in " + location + " " + SECTION);
            }
            long bit = 1L << property.identifier();
            if ((seen & bit) != 0 && !property.repeatableIn(location)) {
                throw new IllegalArgumentException(
                        "the property '" + property + "' occurs twice in the " + location + " " + SECTION);
            }
            seen |= bit;
            String fault = rangeFault(property, value);
            if (fault != null) {
                throw new IllegalArgumentException(fault);
            }
            length += 1 + valueSize(property, value);
        }
        if (length > VariableByteInteger.MAX) {
            throw new IllegalArgumentException(
                    "the properties take " + length + " bytes; at most 268,435,455 can be expressed (section 2.2.2.1)");
        }
        return (int) length;
    }

    /** Writes length and properties that {@link #length} has checked. */
    static void write(ByteBuf out, MqttProperties properties, int length) {
        VariableByteInteger.write(out, length);
        writeEntries(out, properties);
    }

    /** Writes the properties without the length in front. */
    static void writeEntries(ByteBuf out, MqttProperties properties) {
        for (int i = 0; i < properties.size(); i++) {
            write(out, properties.property(i), properties.value(i));
        }
    }

    /** Reads length and properties. */
    static MqttProperties read(FieldReader in, Location location) {
        int length = in.variable("property length");
        if (length == 0) {
            return MqttProperties.NONE;
        }
        MqttProperties.Builder properties = MqttProperties.builder();
        int outer = in.enter(length, "properties");
        long seen = 0;
        while (in.remaining() > 0) {
            int identifier = in.variable("property identifier");
            Property<?> property = Property.of(identifier);
            if (property == null) {
                throw in.malformed(SECTION, "no property has the identifier 0x" + Integer.toHexString(identifier));
            }
            if (!property.allowedIn(location)) {
                throw in.malformed(SECTION, "the property '" + property + "' is not allowed in " + location);
            }
            long bit = 1L << identifier;
            if ((seen & bit) != 0 && !property.repeatableIn(location)) {
                throw in.fault(ReasonCode.PROTOCOL_ERROR, SECTION, "the property '" + property + "' occurs twice");
            }
            seen |= bit;
            Object value = readValue(in, property);
            String fault = rangeFault(property, value);
            if (fault != null) {
                throw in.fault(
                        property == Property.TOPIC_ALIAS ? ReasonCode.TOPIC_ALIAS_INVALID : ReasonCode.PROTOCOL_ERROR,
                        fault);
            }
            properties.add(property, value);
        }
        in.leave(outer);
        return properties.build();
    }

    private static void write(ByteBuf out, Property<?> property, Object value) {
        int identifier = property.identifier();
        switch (property.type()) {
            case BYTE -> out.writeShort(identifier << 8 | (Integer) value);
            case TWO_BYTES -> out.writeMedium(identifier << 16 | (Integer) value);
            case FOUR_BYTES -> {
                out.writeByte(identifier);
                out.writeInt((int) (long) (Long) value);
            }
            case VARIABLE -> {
                out.writeByte(identifier);
                VariableByteInteger.write(out, (Integer) value);
            }
            case STRING -> {
                out.writeByte(identifier);
                Strings.write(out, (String) value);
            }
            case STRING_PAIR -> {
                UserProperty pair = (UserProperty) value;
                out.writeByte(identifier);
                Strings.write(out, pair.name());
                Strings.write(out, pair.value());
            }
            case BINARY -> {
                byte[] bytes = (byte[]) value;
                out.writeMedium(identifier << 16 | bytes.length);
                out.writeBytes(bytes);
            }
        }
    }

    private static int valueSize(Property<?> property, Object value) {
        return switch (property.type()) {
            case BYTE -> 1;
            case TWO_BYTES -> 2;
            case FOUR_BYTES -> 4;
            case VARIABLE -> VariableByteInteger.size((Integer) value);
            case STRING -> Strings.size(property.name(), (String) value);
            case STRING_PAIR -> {
                UserProperty pair = (UserProperty) value;
                yield Strings.size("name of a user property", pair.name())
                        + Strings.size("value of the user property '" + pair.name() + "'", pair.value());
            }
            case BINARY -> binarySize(property.name(), (byte[]) value);
        };
    }

    /** The bytes that binary data takes with its length prefix, section 1.5.6. */
    static int binarySize(String what, byte[] bytes) {
        if (bytes.length > 0xFFFF) {
            throw new IllegalArgumentException(
                    "the " + what + " takes " + bytes.length + " bytes; at most 65,535 fit (section 1.5.6)");
        }
        return 2 + bytes.length;
    }

    private static Object readValue(FieldReader in, Property<?> property) {
        String what = property.name();
        return switch (property.type()) {
            case BYTE -> in.oneByte(what);
            case TWO_BYTES -> in.twoBytes(what);
            case FOUR_BYTES -> in.fourBytes(what);
            case VARIABLE -> in.variable(what);
            case STRING -> in.string(what);
            case STRING_PAIR -> new UserProperty(in.string(what), in.string(what));
            case BINARY -> in.binary(what);
        };
    }

    private static @Nullable String rangeFault(Property<?> property, Object value) {
        if (value instanceof Number number) {
            long n = number.longValue();
            if (n < property.minimum() || n > property.maximum()) {
                return "the property '" + property + "' is " + n + "; it must be " + property.minimum() + " to "
                        + property.maximum()
                        + (property == Property.TOPIC_ALIAS ? " [MQTT-3.3.2-8]" : " " + SECTION);
            }
        } else if (property == Property.RESPONSE_TOPIC) {
            String topic = (String) value;
            if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
                return "the response topic '" + topic + "' has a wildcard [MQTT-3.3.2-14]";
            }
            if (topic.isEmpty()) {
                return TopicName.fault(topic);
            }
        }
        return null;
    }
}
