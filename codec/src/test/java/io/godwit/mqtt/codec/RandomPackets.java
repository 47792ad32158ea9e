package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Property.Location;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.godwit.mqtt.protocol.UserProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Makes packets that the standard allows, of every type, from a seed: the same seed, the same packets. Sizes are mostly
 * small, now and then at the edges where a length takes one byte more.
 */
final class RandomPackets {
    private static final String[] ALPHABET = {
        "a",
        "b",
        "Z",
        "7",
        "/",
        "/",
        "-",
        " ",
        "$",
        "\u0001",
        "\u00e9",
        "\u07ff",
        "\u0800",
        "\u20ac",
        "\ufeff",
        "\uffff",
        "\ud83d\udc26",
        "\udbff\udfff"
    };

    private final Random random;

    RandomPackets(long seed) {
        random = new Random(seed);
    }

    ProtocolVersion version() {
        return pick(ProtocolVersion.values());
    }

    /** A packet that may travel on this version, in either direction. */
    Packet next(ProtocolVersion version) {
        PacketType type = pick(PacketType.values());
        return next(
                version, random.nextInt(3) == 0 || type == PacketType.AUTH && !v5(version) ? PacketType.PUBLISH : type);
    }

    Packet next(ProtocolVersion version, PacketType type) {
        MqttProperties none = MqttProperties.NONE;
        return switch (type) {
            case CONNECT -> connect(version);
            case CONNACK -> connack(version);
            case PUBLISH -> publish(version);
            case PUBACK ->
                new Puback(
                        packetId(),
                        v5(version) ? pick(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED) : ReasonCode.SUCCESS,
                        maybe(version, Location.PUBACK));
            case PUBREC ->
                new Pubrec(
                        packetId(),
                        v5(version) ? pick(ReasonCode.SUCCESS, ReasonCode.NOT_AUTHORIZED) : ReasonCode.SUCCESS,
                        maybe(version, Location.PUBREC));
            case PUBREL -> new Pubrel(packetId(), released(version), maybe(version, Location.PUBREL));
            case PUBCOMP -> new Pubcomp(packetId(), released(version), maybe(version, Location.PUBCOMP));
            case SUBSCRIBE ->
                new Subscribe(
                        packetId(), several(() -> subscription(version)), properties(version, Location.SUBSCRIBE));
            case SUBACK ->
                new Suback(packetId(), several(() -> granted(version)), properties(version, Location.SUBACK));
            case UNSUBSCRIBE ->
                new Unsubscribe(packetId(), several(this::filter), properties(version, Location.UNSUBSCRIBE));
            case UNSUBACK ->
                v5(version)
                        ? new Unsuback(
                                packetId(),
                                several(() -> pick(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED)),
                                properties(version, Location.UNSUBACK))
                        : new Unsuback(packetId(), List.of(), none);
            case PINGREQ -> new Pingreq();
            case PINGRESP -> new Pingresp();
            case DISCONNECT ->
                new Disconnect(
                        v5(version)
                                ? pick(
                                        ReasonCode.SUCCESS,
                                        ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
                                        ReasonCode.SERVER_MOVED)
                                : ReasonCode.SUCCESS,
                        maybe(version, Location.DISCONNECT));
            case AUTH ->
                new Auth(
                        pick(ReasonCode.SUCCESS, ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.RE_AUTHENTICATE),
                        maybe(version, Location.AUTH));
        };
    }

    private Connect connect(ProtocolVersion version) {
        boolean clean = random.nextBoolean();
        String clientId = switch (version) {
            case V3_1 -> "id-" + random.nextInt(1 << 30);
            case V3_1_1 -> clean ? text() : "c" + text();
            case V5 -> text();
        };
        Message will = null;
        if (random.nextBoolean()) {
            will = new Message(
                    topic(), bytes(), pick(Qos.values()), random.nextBoolean(), properties(version, Location.WILL));
        }
        String username = random.nextBoolean() ? text() : null;
        byte[] password = (username != null || v5(version)) && random.nextBoolean() ? bytes() : null;
        MqttProperties properties = properties(version, Location.CONNECT);
        if (properties.has(Property.AUTHENTICATION_DATA) && !properties.has(Property.AUTHENTICATION_METHOD)) {
            properties = properties.with(Property.AUTHENTICATION_METHOD, "SCRAM");
        }
        return new Connect(version, clientId, clean, random.nextInt(0x10000), will, username, password, properties);
    }

    private Connack connack(ProtocolVersion version) {
        int code = random.nextBoolean() ? 0 : v5(version) ? 0x87 : 1 + random.nextInt(5);
        boolean present = code == 0 && version != ProtocolVersion.V3_1 && random.nextBoolean();
        return new Connack(present, code, properties(version, Location.CONNACK));
    }

    private Publish publish(ProtocolVersion version) {
        Qos qos = pick(Qos.values());
        int alias = v5(version) && random.nextInt(3) == 0 ? packetId() : 0;
        String topic = alias != 0 && random.nextBoolean() ? "" : topic();
        MqttProperties properties = properties(version, Location.PUBLISH).with(Property.TOPIC_ALIAS, null);
        Message message = new Message(topic, bytes(), qos, random.nextBoolean(), properties);
        boolean acknowledged = qos != Qos.AT_MOST_ONCE;
        return new Publish(message, acknowledged && random.nextBoolean(), acknowledged ? packetId() : 0, alias);
    }

    private TopicSubscription subscription(ProtocolVersion version) {
        TopicFilter filter = filter();
        return v5(version)
                ? new TopicSubscription(
                        filter,
                        pick(Qos.values()),
                        !filter.isShared() && random.nextBoolean(),
                        random.nextBoolean(),
                        pick(RetainHandling.values()))
                : new TopicSubscription(filter, pick(Qos.values()), false, false, RetainHandling.SEND);
    }

    private TopicFilter filter() {
        String shared = random.nextInt(4) == 0 ? "$share/group/" : "";
        String start = random.nextBoolean() ? "+/" : "";
        String end = random.nextBoolean() ? "/#" : "";
        return TopicFilter.of(shared + start + "x" + text() + end);
    }

    private ReasonCode granted(ProtocolVersion version) {
        return switch (version) {
            case V3_1 -> ReasonCode.granted(pick(Qos.values()));
            case V3_1_1 -> pick(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.UNSPECIFIED_ERROR);
            case V5 -> pick(ReasonCode.GRANTED_QOS_2, ReasonCode.QUOTA_EXCEEDED, ReasonCode.TOPIC_FILTER_INVALID);
        };
    }

    private ReasonCode released(ProtocolVersion version) {
        return v5(version) ? pick(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND) : ReasonCode.SUCCESS;
    }

    private MqttProperties maybe(ProtocolVersion version, Location location) {
        return random.nextBoolean() ? MqttProperties.NONE : properties(version, location);
    }

    private MqttProperties properties(ProtocolVersion version, Location location) {
        if (!v5(version)) {
            return MqttProperties.NONE;
        }
        MqttProperties.Builder properties = MqttProperties.builder();
        List<Property<?>> all = new ArrayList<>(Property.all());
        Collections.shuffle(all, random);
        for (Property<?> property : all) {
            if (property.allowedIn(location) && random.nextInt(3) == 0) {
                int times = property.repeatableIn(location) ? 1 + random.nextInt(3) : 1;
                for (int i = 0; i < times; i++) {
                    properties.add(property, value(property));
                }
            }
        }
        return properties.build();
    }

    private Object value(Property<?> property) {
        return switch (property.type()) {
            case BYTE -> random.nextInt(2);
            case TWO_BYTES, VARIABLE -> (int) number(property);
            case FOUR_BYTES -> number(property);
            case STRING -> property == Property.RESPONSE_TOPIC ? topic() : text();
            case STRING_PAIR -> new UserProperty(text(), text());
            case BINARY -> bytes();
        };
    }

    private long number(Property<?> property) {
        long range = property.maximum() - property.minimum();
        return switch (random.nextInt(4)) {
            case 0 -> property.minimum();
            case 1 -> property.maximum();
            case 2 -> property.minimum() + random.nextInt(300);
            default -> property.minimum() + (long) (random.nextDouble() * range);
        };
    }

    private <T> List<T> several(Supplier<T> supplier) {
        List<T> list = new ArrayList<>();
        int count = random.nextInt(50) == 0 ? 200 : 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            list.add(supplier.get());
        }
        return list;
    }

    private String topic() {
        return "t" + text();
    }

    /** Any MQTT string without wildcards, mostly short. */
    private String text() {
        int length = random.nextInt(40) == 0 ? 120 + random.nextInt(20) : random.nextInt(12);
        StringBuilder text = new StringBuilder();
        boolean ascii = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET[random.nextInt(ascii ? 5 : ALPHABET.length)]);
        }
        return text.toString();
    }

    private byte[] bytes() {
        int edge = random.nextInt(400);
        int length =
                edge == 0 ? 16_300 + random.nextInt(100) : edge < 20 ? 100 + random.nextInt(40) : random.nextInt(20);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private int packetId() {
        return 1 + random.nextInt(0xFFFF);
    }

    private static boolean v5(ProtocolVersion version) {
        return version == ProtocolVersion.V5;
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }
}
