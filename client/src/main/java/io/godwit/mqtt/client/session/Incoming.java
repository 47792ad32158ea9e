package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.codec.AckCodec;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.codec.PublishCodec;
import io.godwit.mqtt.codec.PublishFields;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the broker on their way to the handlers, section 4.3: each is put into the inbox with the handlers that
 * want it and a token; when the handlers are done, the token comes back and the acknowledgement goes out. A message of
 * QoS 2 is delivered once, however often it is sent. One that nobody wants is never acknowledged in silence: it is parked
 * until a handler for it comes.
 */
final class Incoming {
    /** In the table of received identifiers: the message was handled, PUBREC may be sent. */
    private static final int HANDLED = 1 << 30;

    /** Messages without a handler that wait for one, in bytes of their packets; one of any size may wait. */
    private static final long MOST_PARKED_BYTES = 8 << 20;

    /** How long one waits after SUBACK at most: the application is there, and has asked for something else. */
    private static final long PARKED_AFTER_SUBACK_NANOS = 2_000_000_000L;

    /** In the first byte of PUBLISH. */
    private static final int DUP = 8;

    private static final int CONNECTIONS = 0xFFF;

    // Set once.
    private final ProtocolVersion version;
    private final Outbox outbox;
    private final SessionLog log;
    private final Counters counters;
    private final SessionEvents events;
    private final int receiveMaximum;
    private final boolean acknowledgeOnArrival;
    private final int mostParked;
    private final long parkedNanos;
    private final boolean unsubscribeUnhandled;
    private final Subscriptions subscriptions;
    private final Consumer<String> unwanted;

    // For the life of the session.
    private final Inbox inbox;
    private final ReceivedTopics topics;
    private final ReceivedIdentifiers identifiers = new ReceivedIdentifiers();
    /** Of the messages of QoS 2 with these identifiers, what tells one from another. */
    private final ReceivedIdentifiers contents = new ReceivedIdentifiers();

    private final CRC32C checksum = new CRC32C();
    private List<Parked> parked = Collections.emptyList();
    private long parkedBytes;
    private long now;
    private final PublishFields fields = new PublishFields(true);
    /** 1 to 4,095, so that a token of an earlier connection is not taken for one of this. */
    private int connection;

    // Per connection.
    private final AckOrder acks = new AckOrder();
    /** A message whose payload is still coming. */
    private @Nullable Message begun;

    private int begunLength;
    private int begunFirstByte;

    /** When SUBACK came last; only valid if {@link #subscribed}. */
    private long subscribedAt;

    private boolean subscribed;
    /** No more messages are taken: the client is about to disconnect. */
    private boolean draining;
    /** Whether the next connection may resume the session. */
    private boolean kept;

    /** How many messages the broker has sent that count against Receive Maximum: until PUBACK, or PUBREL [MQTT-3.3.4-9]. */
    private int open;

    private long maximumPacketSize;

    /** Tokens of messages that are not simply acknowledged, until it is their turn. */
    private Map<Integer, Refusal> refused = Collections.emptyMap();

    /** @param reason null: nothing is sent */
    private record Refusal(
            @Nullable ReasonCode reason, @Nullable String text) {
        static final Refusal LEFT = new Refusal(null, null);
        static final Refusal UNHANDLED = new Refusal(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, null);
    }

    /**
     * The last refusals of messages of QoS 2, by identifier: if PUBREC was lost with its connection, the message comes again
     * and is refused again. Few handlers refuse any.
     */
    private Map<Integer, Refused> refusedQos2 = Collections.emptyMap();

    /**
     * @param token under which the message was refused last
     * @param fingerprint tells it from another one that took its identifier, and was lost on its first way
     */
    private record Refused(int token, long fingerprint, Refusal refusal) {}

    /** @param since when it came */
    private record Parked(Message message, int token, int bytes, long since) {}

    /** @param unwanted receives the topic of each message that was given up because it has no handler */
    Incoming(
            SessionConfig config,
            Outbox outbox,
            SessionLog log,
            Subscriptions subscriptions,
            Consumer<String> unwanted,
            Inbox inbox,
            Counters counters,
            SessionEvents events) {
        this.version = config.version();
        this.outbox = outbox;
        this.log = log;
        this.counters = counters;
        this.events = events;
        this.inbox = inbox;
        // The older versions have no such limit, but no more identifiers than that either.
        this.receiveMaximum = config.version() == ProtocolVersion.V5 ? config.receiveMaximum() : 65_535;
        this.acknowledgeOnArrival = config.acknowledgeOnArrival();
        this.mostParked = config.unhandled();
        this.parkedNanos = config.unhandledNanos();
        this.unsubscribeUnhandled = config.unsubscribeUnhandled();
        this.subscriptions = subscriptions;
        this.unwanted = unwanted;
        this.topics = new ReceivedTopics(subscriptions, config.topicAliasMaximum());
    }

    /** Whether a message has ever come. */
    boolean hasReceived() {
        return topics.hasRead();
    }

    /** PUBLISH from the broker. */
    void publish(int firstByte, byte[] in, int index, int length) {
        publish(PublishCodec.read(firstByte, in, index, length, version, topics, fields), firstByte, length);
    }

    /** A large PUBLISH has begun to come. Gives the array for its payload; null: it is wanted whole. */
    byte @Nullable [] begin(int firstByte, byte[] in, int index, int available, int length) {
        Message message = PublishCodec.readBegun(firstByte, in, index, available, length, version, topics, fields);
        begun = message;
        begunLength = length;
        begunFirstByte = firstByte;
        return message == null ? null : message.payload();
    }

    /** All of it has come. */
    void end() {
        Message message = begun;
        begun = null;
        if (message != null) {
            publish(message, begunFirstByte, begunLength);
        }
    }

    private void publish(Message received, int firstByte, int length) {
        Message message = received;
        if (fields.topicAlias() != 0) {
            message = resolveAlias(message, fields.topicAlias());
        }
        Handler[] route = topics.route(fields);
        if (fields.identifierCount() > 0) {
            message = subscriptions.withOwnIdentifiers(message, fields);
        }
        int qos = message.qos().level();
        boolean prompt = route.length == 1 && route[0].isPrompt();
        if (draining && !prompt) {
            return; // never acknowledged: of a session that is kept it comes again
        }
        if (qos == 0) {
            counters.received(0);
            if (prompt) {
                events.add(new SessionEvent.Prompted(message, route[0]));
            } else if (route.length == 0) {
                counters.unhandled();
                events.add(new SessionEvent.Unhandled(message, false));
            } else if (inbox.isDropping()) {
                counters.dropped();
                events.add(new SessionEvent.Dropped(message));
            } else {
                inbox.add(message, route, 0, length);
            }
            return;
        }
        int id = fields.packetId();
        int token = id | qos << 16 | connection << 18;
        int known = qos == 2 ? identifiers.get(id) : 0;
        int content = qos == 2 && (kept || known != 0) ? content(message) : 0;
        if (known != 0 && !isOther(known, id, content)) {
            repeated(known, token);
            return;
        }
        if (qos == 2 && !refusedQos2.isEmpty() && isRefusedAgain(message, token, (firstByte & DUP) != 0)) {
            return;
        }
        counters.received(qos);
        checkReceiveMaximum(token);
        if (acks.received(token)) {
            open++;
        }
        if (qos == 2) { // behind the checks: a message that breaks one has not been received, and may come again
            note(id, token, known, content);
        }
        if (acknowledgeOnArrival || prompt) {
            handled(token);
        }
        if (prompt) {
            events.add(new SessionEvent.Prompted(message, route[0]));
        } else if (route.length > 0) {
            inbox.add(message, route, acknowledgeOnArrival ? 0 : token, length);
        } else {
            park(message, token, length);
        }
    }

    private void checkReceiveMaximum(int token) {
        if (open >= receiveMaximum && !acks.contains(token)) {
            throw new ProtocolViolationException(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    0,
                    "[MQTT-3.3.4-9]",
                    "the broker has more than the " + receiveMaximum + " unacknowledged messages that it may have");
        }
    }

    /** A message of QoS 2 is received. {@code known}: the token of one on an earlier connection with its identifier, or 0. */
    private void note(int id, int token, int known, int content) {
        if ((known & HANDLED) != 0) {
            log.completed(id);
        }
        identifiers.put(id, token);
        if (content == 0) {
            contents.remove(id);
        } else {
            contents.put(id, content);
        }
    }

    private Message resolveAlias(Message message, int alias) {
        if (message.topic().isEmpty()) {
            String topic = topics.resolve(alias);
            if (topic == null) {
                throw new ProtocolViolationException(
                        ReasonCode.PROTOCOL_ERROR, 2, "[MQTT-3.3.2-8]", "topic alias " + alias + " was never set");
            }
            return message.withTopic(topic);
        }
        if (!topics.setAlias(alias)) {
            throw new ProtocolViolationException(
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    2,
                    "[MQTT-3.3.2-9]",
                    "topic alias " + alias + " is above the topic alias maximum of this client");
        }
        return message;
    }

    /** Not 0. */
    private int content(Message message) {
        checksum.reset();
        checksum.update(message.payload());
        return (int) checksum.getValue() + 31 * message.topic().hashCode() | 1;
    }

    /**
     * Whether a message is another one than that of an earlier connection with its identifier. A broker that keeps its promises
     * never sends such a one; but some forget at a restart which identifiers are in use, and report the session as present. To
     * take the message for a repetition would lose it.
     */
    private boolean isOther(int known, int id, int content) {
        int before = contents.get(id);
        return content != 0 && before != 0 && before != content && (known >> 18 & CONNECTIONS) != connection;
    }

    /** Returns whether a message of QoS 2 had the identifier. */
    private boolean forget(int id) {
        contents.remove(id);
        return identifiers.remove(id);
    }

    /** A message of QoS 2 that came before: acknowledged again when it was handled, or as soon as it is. */
    private void repeated(int known, int token) {
        if ((known & HANDLED) != 0) {
            acks.received(token);
            acks.done(token);
            acknowledge();
        } else if (!acks.contains(known)) {
            acks.received(known);
        }
    }

    /** Whether this is a message that was refused on an earlier connection, and is again. */
    private boolean isRefusedAgain(Message message, int token, boolean dup) {
        Refused before = refusedQos2.remove(token & 0xFFFF);
        if (before == null || !dup || before.token == token || before.fingerprint != fingerprint(message)) {
            return false; // the identifier is free after PUBREC with an error: a new message
        }
        if (acks.received(token)) {
            open++;
        }
        refuse(message, token, before.refusal);
        return true;
    }

    private static long fingerprint(Message message) {
        return (long) message.topic().hashCode() << 32 | Arrays.hashCode(message.payload()) & 0xFFFF_FFFFL;
    }

    private void park(Message message, int token, int bytes) {
        Parked waiting = new Parked(message, token, bytes, now);
        counters.unhandled();
        boolean keep = until(waiting) - now > 0
                && parked.size() < mostParked
                && (parked.isEmpty() || parkedBytes + waiting.bytes() <= MOST_PARKED_BYTES);
        if (keep) {
            parked = OnDemand.own(parked);
            parked.add(waiting);
            parkedBytes += waiting.bytes();
            events.add(new SessionEvent.Unhandled(message, true));
        } else {
            giveUp(waiting);
        }
    }

    /**
     * A message that no handler wants must not keep back the acknowledgements of those behind it: it is refused with a
     * reason code, or before MQTT 5 acknowledged, and reported.
     */
    private void giveUp(Parked waiting) {
        if (reject(waiting.message, waiting.token, Refusal.UNHANDLED)) {
            events.add(new SessionEvent.Rejected(waiting.message, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR));
        }
        events.add(new SessionEvent.Unhandled(waiting.message, false));
        if (unsubscribeUnhandled) {
            unwanted.accept(waiting.message.topic());
        }
    }

    /** When the next message has waited long enough for a handler; {@link Long#MAX_VALUE}: none waits. */
    long nextGivenUp() {
        return parked.isEmpty() ? Long.MAX_VALUE : until(parked.get(0));
    }

    private long until(Parked waiting) {
        if (!subscribed) {
            return waiting.since + parkedNanos;
        }
        long chance = Math.max(0, subscribedAt + PARKED_AFTER_SUBACK_NANOS - waiting.since);
        return waiting.since + Math.min(parkedNanos, chance);
    }

    /** SUBACK has come. Returns whether messages that wait for a handler are given up earlier than before. */
    boolean subscribed() {
        subscribed = true;
        subscribedAt = now;
        return !parked.isEmpty();
    }

    /** Gives up messages that have waited long enough. */
    void tick(long time) {
        acks.trim();
        now = time;
        while (!parked.isEmpty() && until(parked.get(0)) - time <= 0) {
            Parked waiting = parked.remove(0);
            parkedBytes -= waiting.bytes;
            giveUp(waiting);
        }
    }

    /** The time of the packets that are being read. */
    void now(long time) {
        now = time;
    }

    /** A handler has come: messages that waited for one may go to it. */
    void handlersChanged(Subscriptions subscriptions) {
        for (Iterator<Parked> rest = parked.iterator(); rest.hasNext(); ) {
            Parked waiting = rest.next();
            Handler[] route = subscriptions.match(waiting.message.topic());
            if (route.length > 0) {
                rest.remove();
                parkedBytes -= waiting.bytes();
                inbox.add(waiting.message, route, waiting.token, waiting.bytes);
            }
        }
    }

    /** The handlers of a message are done with it. Its acknowledgement goes out if its connection is still there. */
    void handled(int token) {
        int id = token & 0xFFFF;
        if ((token >> 16 & 3) == 2) {
            if (identifiers.get(id) != token) {
                return; // the session in which it came is over
            }
            identifiers.put(id, token | HANDLED);
            log.received(id);
        }
        acks.done(token);
        acknowledge();
    }

    /**
     * The message is refused with a reason code in its turn, or before MQTT 5 acknowledged.
     *
     * @param text for the broker's log; left out if the packet would be larger than the broker allows
     */
    boolean reject(Message message, int token, ReasonCode reason, @Nullable String text) {
        return reject(message, token, new Refusal(reason, text));
    }

    /** Returns whether this is sent to the broker. */
    private boolean reject(Message message, int token, Refusal refusal) {
        if (version == ProtocolVersion.V5) {
            return refuse(message, token, refusal);
        }
        handled(token);
        return false;
    }

    private boolean refuse(Message message, int token, Refusal refusal) {
        boolean known = acks.contains(token);
        if (known) {
            counters.rejected();
        }
        if (message.qos() == Qos.EXACTLY_ONCE) {
            refusedQos2 = OnDemand.own(refusedQos2);
            refusedQos2.put(token & 0xFFFF, new Refused(token, fingerprint(message), refusal));
        }
        settle(token, refusal); // PUBREC with an error ends the exchange [MQTT-4.3.3-8]
        return known;
    }

    /** The message is not acknowledged on this connection; those behind it are. On the next one the broker sends it again. */
    void leave(int token) {
        settle(token, Refusal.LEFT);
    }

    /** Whatever the handlers have made of it, a message of QoS 2 that comes again is a new one. */
    private void settle(int token, Refusal refusal) {
        if ((token >> 16 & 3) == 2 && identifiers.get(token & 0xFFFF) == token) {
            forget(token & 0xFFFF);
        }
        if (acks.contains(token)) {
            refused = OnDemand.own(refused);
            refused.put(token, refusal);
            acks.done(token);
            acknowledge();
        }
    }

    private void acknowledge() {
        for (int token = acks.next(); token != 0; token = acks.next()) {
            int id = token & 0xFFFF;
            Refusal refusal = refused.isEmpty() ? null : refused.remove(token);
            if (refusal != null) {
                refuse(token, id, refusal);
            } else if ((token >> 16 & 3) == 1) {
                open--;
                AckCodec.PUBACK.write(outbox.roomForAnswer(4), id);
            } else {
                AckCodec.PUBREC.write(outbox.roomForAnswer(4), id);
            }
        }
    }

    private void refuse(int token, int id, Refusal refusal) {
        ReasonCode reason = refusal.reason;
        if (reason == null) {
            return;
        }
        open--;
        Packet packet = refusal(token, id, reason, refusal.text);
        int size = PacketCodec.size(packet, version);
        if (size > maximumPacketSize) { // [MQTT-3.4.2-2], [MQTT-3.5.2-2]
            packet = refusal(token, id, reason, null);
            size = PacketCodec.size(packet, version);
        }
        PacketCodec.write(packet, version, outbox.roomForAnswer(size));
    }

    private static Packet refusal(int token, int id, ReasonCode reason, @Nullable String text) {
        MqttProperties properties =
                text == null ? MqttProperties.NONE : MqttProperties.NONE.with(Property.REASON_STRING, text);
        return (token >> 16 & 3) == 1 ? new Puback(id, reason, properties) : new Pubrec(id, reason, properties);
    }

    /** PUBREL: the message is complete; PUBCOMP answers in any case, so that the broker can go on [MQTT-4.3.3-11]. */
    void pubrel(int packetId) {
        int known = identifiers.get(packetId);
        if (forget(packetId)) {
            log.completed(packetId);
            int token = known & ~HANDLED;
            if (token >> 18 == connection) {
                open--;
            }
            if (token == known && acks.contains(token)) {
                // A broker that does not wait for PUBREC: none is due any longer, and it must not hold up the others.
                refused = OnDemand.own(refused);
                refused.put(token, Refusal.LEFT);
                acks.done(token);
                acknowledge();
            }
        }
        AckCodec.PUBCOMP.write(outbox.roomForAnswer(4), packetId);
    }

    /**
     * A connection is up.
     *
     * @param kept whether the broker keeps the session when the connection ends
     */
    void connected(boolean resumed, boolean kept, ServerLimits limits) {
        this.kept = kept;
        connection = connection % CONNECTIONS + 1;
        maximumPacketSize = limits.maximumPacketSize();
        acks.clear();
        open = 0;
        draining = false;
        subscribed = false;
        topics.connected();
        if (resumed) {
            // What was parked of QoS 1 the broker sends again.
            parked.removeIf(waiting -> waiting.message.qos() == Qos.AT_LEAST_ONCE);
            parkedBytes = parked.stream().mapToLong(Parked::bytes).sum();
        } else {
            identifiers.clear();
            contents.clear();
            refusedQos2.clear();
        }
    }

    /** Takes no more messages on this connection. */
    void drain() {
        draining = true;
    }

    void disconnected() {
        acks.clear();
        refused.clear();
        begun = null;
    }

    /** Brings back identifiers that a log has kept. */
    void restore(List<Integer> received) {
        for (int id : received) {
            identifiers.put(id, id | 2 << 16 | HANDLED);
        }
    }
}
