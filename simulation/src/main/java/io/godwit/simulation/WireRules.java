package io.godwit.simulation;

import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches the packets of a session at the client's end of the wire, over all its connections, and checks what the client
 * sends by what it has got.
 */
final class WireRules {
    private final Ledger ledger;

    /** Packet identifiers in flight from the client, with the message. */
    private final Map<Integer, InFlight> inFlight = new HashMap<>();
    /** The identifier that each message was sent with. */
    private final Map<String, Integer> sentAs = new HashMap<>();

    /** Messages of QoS 1 and 2 that have come on this connection. */
    private final Map<Integer, Ledger.Incoming> received = new HashMap<>();

    /** The filters of SUBSCRIBE packets that were sent, by identifier. */
    private final Map<Integer, List<String>> subscribing = new HashMap<>();

    private boolean first = true;

    private record InFlight(String name, Qos qos, boolean deadLetter) {}

    /** CONNACK of MQTT 3.1 does not tell whether the session is present. */
    private final boolean tellsSession;

    /** Whether acknowledgements have reasons. */
    private final boolean hasReasons;

    WireRules(Ledger ledger, ProtocolVersion version) {
        this.ledger = ledger;
        this.tellsSession = version != ProtocolVersion.V3_1;
        this.hasReasons = version == ProtocolVersion.V5;
    }

    void connectionOpened() {
        received.clear();
        first = true;
    }

    void clientSent(Packet packet, long now) {
        ledger.noted();
        if (packet instanceof Connect connect) {
            if (!first) {
                ledger.broken("a second CONNECT on one connection [MQTT-3.1.0-2]");
            }
            if (connect.cleanStart()) {
                ledger.broken("CONNECT asks for a clean session, though the client is to keep it");
            }
        } else if (first) {
            ledger.broken(packet.type() + " before CONNECT [MQTT-3.1.0-1]");
        } else if (packet instanceof Publish publish) {
            ledger.sends(publish.message(), publish.dup(), now);
            if (publish.packetId() != 0) {
                published(publish);
            }
        } else if (packet instanceof Subscribe subscribe) {
            List<String> filters = new ArrayList<>();
            subscribe.subscriptions().forEach(one -> filters.add(one.filter().text()));
            subscribing.put(subscribe.packetId(), filters);
        } else if (packet instanceof Puback puback) {
            acknowledged("PUBACK", puback.packetId(), puback.reason());
        } else if (packet instanceof Pubrec pubrec) {
            acknowledged("PUBREC", pubrec.packetId(), pubrec.reason());
        }
        first = false;
    }

    private void published(Publish publish) {
        int id = publish.packetId();
        boolean deadLetter = Ledger.isDeadLetter(publish.message());
        String message = Ledger.name(publish.message());
        InFlight before = inFlight.get(id);
        if (!publish.dup() && before != null && !ledger.isGivenUp(before.name)) {
            ledger.broken(
                    before.name.equals(message)
                            ? "publish " + message + " is sent again without DUP [MQTT-3.3.1-1]"
                            : "packet identifier " + id + " is in use for " + before.name + " and was given to "
                                    + message + " [MQTT-2.2.1-3]");
        } else if (publish.dup() && !deadLetter && sentAs.getOrDefault(message, id) != id) {
            ledger.broken("publish " + message + " is sent again with packet identifier " + id + "; it had "
                    + sentAs.get(message) + " [MQTT-4.3.2-1]");
        }
        inFlight.put(id, new InFlight(message, publish.message().qos(), deadLetter));
        sentAs.put(message, id);
    }

    private void acknowledged(String packet, int id, ReasonCode reason) {
        Ledger.Incoming message = received.get(id);
        if (message == null) {
            ledger.broken(packet + " " + id + " answers nothing that came on this connection");
            return;
        }
        if (!message.handled && !message.topic.equals(Ledger.ORPHAN) && !ledger.isSessionInDoubt()) {
            ledger.broken(packet + " " + id + " left before the handler was done");
        }
        checkReason(packet, id, reason, message);
        message.acknowledged = true;
    }

    private void checkReason(String packet, int id, ReasonCode reason, Ledger.Incoming message) {
        if (!hasReasons || message.topic.equals(Ledger.ORPHAN) || ledger.isSessionInDoubt()) {
            return;
        }
        if (reason.isError() && !message.refused) {
            ledger.broken(packet + " " + id + " refuses a message that its handler has taken");
        } else if (!reason.isError() && !message.taken) {
            ledger.broken(packet + " " + id + " acknowledges a message that its handler has refused");
        }
    }

    void clientGot(Packet packet) {
        if (packet instanceof Connack connack && connack.code() == 0 && !connack.sessionPresent() && tellsSession) {
            sessionBegan();
        } else if (packet instanceof Suback suback) {
            ledger.granted(subscribing.getOrDefault(suback.packetId(), List.of()));
        } else if (packet instanceof Puback puback) {
            answered(puback.packetId(), Qos.AT_LEAST_ONCE);
        } else if (packet instanceof Pubcomp pubcomp) {
            answered(pubcomp.packetId(), Qos.EXACTLY_ONCE);
        } else if (packet instanceof Pubrec pubrec && pubrec.reason().isError()) {
            answered(pubrec.packetId(), Qos.EXACTLY_ONCE);
        } else if (packet instanceof Publish publish) {
            ledger.got(publish.message());
            if (publish.message().qos() != Qos.AT_MOST_ONCE) {
                received.put(publish.packetId(), ledger.incoming(publish.message()));
            }
        }
    }

    /** A late second acknowledgement of an earlier publish with the identifier answers nothing. */
    private void answered(int id, Qos qos) {
        InFlight message = inFlight.get(id);
        if (message != null && message.qos == qos) {
            inFlight.remove(id);
            ledger.answered(message.name);
        }
    }

    private void sessionBegan() {
        ledger.sessionBegan();
        inFlight.clear();
        sentAs.clear();
    }
}
