package io.godwit.cli.packets;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsuback;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One packet that passed, in words and in bytes. Passwords and authentication data are masked in both.
 *
 * @param connection which connection, for people
 * @param direction who sent it
 * @param time when it passed
 * @param type its type; null when it could not be read
 * @param text what it says
 * @param size bytes with the fixed header
 */
public record SeenPacket(
        String connection,
        Direction direction,
        Instant time,
        @Nullable PacketType type,
        String text,
        int size,
        HexDump hex) {
    /** Of the protocol's name in CONNECT: MQTT, MQIsdp. */
    private static final Set<Integer> LENGTHS_OF_NAME = Set.of(4, 6);
    /** Bytes of level, flags and keep alive in CONNECT, which come behind the name. */
    private static final int BEHIND_NAME = 4;

    /** The same, sent by another. */
    SeenPacket from(Direction sender) {
        return new SeenPacket(connection, sender, time, type, text, size, hex);
    }

    static SeenPacket of(String connection, Direction direction, Instant time, byte[] frame, Packet packet) {
        return new SeenPacket(
                connection,
                direction,
                time,
                packet.type(),
                words(packet),
                frame.length,
                new HexDump(frame, secrets(frame, packet)));
    }

    static SeenPacket broken(String connection, Direction direction, Instant time, byte[] bytes, String why) {
        return new SeenPacket(
                connection,
                direction,
                time,
                null,
                "not MQTT: " + why,
                bytes.length,
                new HexDump(bytes, perhapsSecret(bytes)));
    }

    /** Where something secret may stand in a packet that cannot be read: rather too much than too little. */
    private static BitSet perhapsSecret(byte[] bytes) {
        BitSet secret = new BitSet();
        int type = bytes.length == 0 ? 0 : (bytes[0] & 0xFF) >> 4;
        int body = 1;
        while (body < bytes.length && bytes[body] < 0) {
            body++;
        }
        body++;
        if (type == PacketType.CONNECT.code()) {
            boolean isNamed =
                    body + 1 < bytes.length && bytes[body] == 0 && LENGTHS_OF_NAME.contains((int) bytes[body + 1]);
            secret.set(isNamed ? body + 2 + bytes[body + 1] + BEHIND_NAME : body, Math.max(bytes.length, body + 16));
        } else if (type == PacketType.CONNACK.code() || type == PacketType.AUTH.code()) {
            int at = body;
            while (at < bytes.length && bytes[at] != Property.AUTHENTICATION_DATA.identifier()) {
                at++;
            }
            secret.set(at, Math.max(bytes.length, at));
        }
        return secret;
    }

    /** Where in the frame something stands that nobody shall see. */
    private static BitSet secrets(byte[] frame, Packet packet) {
        BitSet secret = new BitSet();
        MqttProperties properties = MqttProperties.NONE;
        if (packet instanceof Connect connect) {
            byte[] password = connect.password();
            if (password != null) {
                secret.set(frame.length - password.length, frame.length); // the last field of the payload
            }
            properties = connect.properties();
        } else if (packet instanceof Connack connack) {
            properties = connack.properties();
        } else if (packet instanceof Auth auth) {
            properties = auth.properties();
        }
        byte[] data = properties.get(Property.AUTHENTICATION_DATA);
        for (int at = 0; data != null && data.length > 0 && at + data.length <= frame.length; at++) {
            if (java.util.Arrays.equals(frame, at, at + data.length, data, 0, data.length)) {
                secret.set(at, at + data.length);
            }
        }
        return secret;
    }

    private static String words(Packet packet) {
        return packet.type() + " " + details(packet);
    }

    private static String details(Packet packet) {
        if (packet instanceof Connect p) {
            return connect(p);
        } else if (packet instanceof Connack p) {
            ReasonCode reason = ReasonCode.of(p.code());
            return (p.code() == 0 ? "accepted" : "code " + p.code() + meaning(p.code(), reason))
                    + (p.sessionPresent() ? ", session present" : "")
                    + properties(p.properties());
        } else if (packet instanceof Publish p) {
            return publish(p);
        } else if (packet instanceof Puback p) {
            return acknowledgement(p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Pubrec p) {
            return acknowledgement(p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Pubrel p) {
            return acknowledgement(p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Pubcomp p) {
            return acknowledgement(p.packetId(), p.reason(), p.properties());
        } else if (packet instanceof Subscribe p) {
            return "id " + p.packetId() + " "
                    + p.subscriptions().stream().map(SeenPacket::subscription).collect(Collectors.joining(", "))
                    + properties(p.properties());
        } else if (packet instanceof Suback p) {
            return "id " + p.packetId() + " "
                    + p.reasons().stream()
                            .map(reason -> reason.isError() ? reason.describe() : "granted QoS " + reason.code())
                            .collect(Collectors.joining(", "))
                    + properties(p.properties());
        } else if (packet instanceof Unsubscribe p) {
            return "id " + p.packetId() + " "
                    + p.filters().stream().map(filter -> "'" + filter + "'").collect(Collectors.joining(", "))
                    + properties(p.properties());
        } else if (packet instanceof Unsuback p) {
            String reasons = p.reasons().stream().map(ReasonCode::describe).collect(Collectors.joining(", "));
            return "id " + p.packetId() + (reasons.isEmpty() ? "" : " " + reasons) + properties(p.properties());
        } else if (packet instanceof Disconnect p) {
            return (p.reason() == ReasonCode.SUCCESS ? "" : p.reason().describe()) + properties(p.properties());
        } else if (packet instanceof Auth p) {
            return p.reason().describe() + properties(p.properties());
        }
        return "";
    }

    private static String meaning(int code, @Nullable ReasonCode reason) {
        ReasonCode known = reason != null && code >= 0x80 ? reason : ReasonCode.ofReturnCode(code);
        return known == null ? "" : ", " + known.describe();
    }

    private static String connect(Connect p) {
        List<String> parts = new ArrayList<>();
        parts.add("MQTT " + p.version());
        parts.add("client '" + p.clientId() + "'");
        parts.add((p.version() == ProtocolVersion.V5 ? "clean start " : "clean session ") + (p.cleanStart() ? 1 : 0));
        parts.add("keep alive " + p.keepAlive() + " s");
        if (p.username() != null) {
            parts.add("user '" + p.username() + "'");
        }
        if (p.password() != null) {
            parts.add("password ***");
        }
        Message will = p.will();
        if (will != null) {
            parts.add("will (" + message(will) + ")");
        }
        return String.join(", ", parts) + properties(p.properties());
    }

    private static String publish(Publish p) {
        Message message = p.message();
        return (p.packetId() == 0 ? "" : "id " + p.packetId() + " ")
                + (p.dup() ? "dup " : "")
                + (p.topicAlias() == 0 ? "" : "alias " + p.topicAlias() + " ")
                + message(message);
    }

    private static String message(Message message) {
        return "q" + message.qos().level() + (message.retain() ? " retain" : "") + " '" + message.topic() + "' "
                + message.payload().length + " bytes" + properties(message.properties());
    }

    private static String subscription(TopicSubscription subscription) {
        return "'" + subscription.filter() + "' q" + subscription.maximumQos().level()
                + (subscription.noLocal() ? " no-local" : "")
                + (subscription.retainAsPublished() ? " retain-as-published" : "")
                + (subscription.retainHandling() == RetainHandling.SEND
                        ? ""
                        : " retain-handling " + subscription.retainHandling().ordinal());
    }

    private static String acknowledgement(int identifier, ReasonCode reason, MqttProperties properties) {
        return "id " + identifier + (reason == ReasonCode.SUCCESS ? "" : " " + reason.describe())
                + properties(properties);
    }

    private static String properties(MqttProperties properties) {
        return properties.isEmpty() ? "" : " " + properties;
    }
}
