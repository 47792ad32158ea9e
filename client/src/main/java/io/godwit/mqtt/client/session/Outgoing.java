package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.session.Failure.Kind;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.codec.AckCodec;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.codec.PublishCodec;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The publishes of this client on their way: taken, queued while they must wait, sent with an identifier, and followed
 * until the broker has answered, over as many connections as that takes (section 4.3 and 4.4). A publish goes straight
 * into the outbox when it can; it waits while there is no connection, while as many are in flight as the broker takes
 * (section 4.9), or while the outbox is full.
 */
final class Outgoing {
    /** In longer queues only every n-th publish is given the exact time at which it was queued. */
    private static final int TIMED = 64;

    // Set once.
    private final ProtocolVersion version;
    private final Outbox outbox;
    private final SessionLog log;
    private final InFlight inFlight;
    private final EndedExchanges ended;
    private final Counters counters;
    private final SessionEvents events;
    private final SessionConfig config;

    // For the life of the session.
    /** Made for the first publish. */
    private @Nullable TopicFields topics;

    private int aliasMaximum;
    private SendQueue queue = SendQueue.NONE;
    /** Of an earlier connection, to be sent again before anything else. */
    private SendQueue again = SendQueue.NONE;

    private long lastSequence;
    private boolean tellSent;
    /** Made for the first publish that is queued. */
    private @Nullable QueueTimes queueTimes;
    /** Whether the time at which the last publish was queued is of interest. */
    private boolean untimed;

    private long now;

    // Per connection.
    private boolean connected;
    private ServerLimits limits = ServerLimits.NONE;
    /** Whether the broker limits anything at all. */
    private boolean limited;

    /** Whether only one publish of QoS 1 or 2 may be unanswered at a time. */
    private boolean oneByOne;
    /** The last publish that waits in the queue and was unanswered when the broker ended a connection; 0: none. */
    private long lastSuspect;
    /** The last publish that was sent, and waits again because the broker has lost the session; 0: none. */
    private long lastSentAgain;

    private int quota;
    private int quotaMaximum;
    /** What of the quota publishes of QoS 2 may still take. */
    private int quotaQos2;
    /** Publishes of QoS 0 that are in the outbox, not yet taken from it. */
    private SendQueue unflushed = SendQueue.NONE;

    /** Sent on this connection and not answered: the one of which the round trip is measured. */
    private @Nullable PublishExchange<?> measured;

    private long measuredSince;
    /** Whether it was given to the connection. */
    private boolean measuring;

    Outgoing(
            SessionConfig config,
            Outbox outbox,
            SessionLog log,
            InFlight inFlight,
            EndedExchanges ended,
            Counters counters,
            SessionEvents events) {
        this.version = config.version();
        this.outbox = outbox;
        this.log = log;
        this.inFlight = inFlight;
        this.ended = ended;
        this.counters = counters;
        this.events = events;
        this.config = config;
    }

    // ---- the application's side ----

    /**
     * Takes a publish. Returns null when it is sent or queued, and from then on it ends through the chain of the ended; or
     * why it is not taken.
     *
     * @throws IllegalArgumentException if its topic is not a valid topic name
     */
    @Nullable
    Failure publish(PublishExchange<?> publish, long now) {
        Message message = publish.message;
        // What no packet can say is the caller's mistake now, not a failure later.
        TopicFields.Field field = topics().of(message.topic());
        int size = PublishCodec.size(version, message, field.bytes, 0, message.properties());
        if (connected && queue.isEmpty() && again.isEmpty() && hasRoomFor(message.qos())) {
            Failure refused = refusal(message, size);
            if (refused == null) {
                accept(publish, message, now);
                send(publish, message, field, now);
            }
            return refused;
        }
        return enqueue(publish, message, size, now);
    }

    /**
     * Takes a publish of a batch, its next. Returns null when it is sent, queued, or refused for a reason that concerns no other; or
     * why it finds no room.
     */
    @Nullable
    Failure publishNext(BatchedPublish part, long now) {
        Failure refused = publish(part, now);
        if (refused != null) {
            if (refused.kind() == Kind.QUEUE_FULL || refused.kind() == Kind.DROPPED) {
                return refused;
            }
            refuseNext(part, refused);
        } else {
            part.batch().offeredNext();
        }
        return null;
    }

    /** Sends the next message of a batch if it is of QoS 0, need not be followed, and can be sent at once. Returns whether it was. */
    boolean publishNextNow(BatchExchange<?> batch, Message message) {
        boolean sent = message.qos() == Qos.AT_MOST_ONCE && !batch.notes(Outcome.SUCCESS) && publishNow(message);
        if (sent) {
            batch.offeredNext();
            ended.count(batch);
        }
        return sent;
    }

    /** Does not take the next publish of a batch. */
    void refuseNext(BatchedPublish part, Failure reason) {
        counters.refused();
        part.batch().offeredNext();
        ended.refuse(part, reason);
    }

    /**
     * Checks what {@link #publish} would.
     *
     * @throws IllegalArgumentException if no packet can carry the message
     */
    void check(Message message) {
        PublishCodec.size(version, message, topics().of(message.topic()).bytes, 0, message.properties());
    }

    /** Sends a message of QoS 0 that nobody follows, if it can be sent at once. Returns whether it was. */
    boolean publishNow(Message message) {
        if (!connected || oneByOne || !queue.isEmpty() || !again.isEmpty() || outbox.isFull()) {
            return false;
        }
        TopicFields.Field field = topics().of(message.topic());
        if (limited
                && refusal(message, PublishCodec.size(version, message, field.bytes, 0, message.properties()))
                        != null) {
            return false;
        }
        write(message, field, false, 0, message.properties());
        counters.sentAtOnce();
        if (tellSent) {
            events.add(new SessionEvent.Sent(message, false));
        }
        return true;
    }

    /** Whether a publish of this size would find room in the queue. */
    boolean hasQueueRoom(int weight) {
        return queue.count() < config.queue().messages()
                && queue.bytes() + weight <= config.queue().bytes();
    }

    private @Nullable Failure enqueue(PublishExchange<?> publish, Message message, int size, long now) {
        Failure refused = refusal(message, size);
        if (refused != null) {
            return refused;
        }
        while (!hasQueueRoom(publish.weight())) {
            PublishExchange<?> oldest = config.queue().whenFull() == WhenFull.DROP_OLDEST ? queue.poll() : null;
            if (oldest == null) {
                return Failure.of(
                        config.queue().whenFull() == WhenFull.DROP_NEWEST ? Kind.DROPPED : Kind.QUEUE_FULL,
                        ReasonCode.QUOTA_EXCEEDED,
                        "the queue is full: " + queue.count() + " messages, " + queue.bytes() + " bytes wait; bounds "
                                + config.queue().messages() + " and "
                                + config.queue().bytes());
            }
            end(oldest, dropped(oldest));
        }
        accept(publish, message, now);
        queue = queue.own();
        queue.add(publish);
        untimed = queue.count() < TIMED || publish.sequence % TIMED == 0;
        return null;
    }

    /** What was sent before the broker lost the session waits again, and may have arrived. */
    private Failure dropped(PublishExchange<?> publish) {
        return publish.sequence <= lastSentAgain
                ? Failure.of(
                        Kind.SESSION_LOST,
                        ReasonCode.UNSPECIFIED_ERROR,
                        "dropped from the full queue for a newer message after the broker had lost the session; whether the"
                                + " message for '" + publish.message.topic() + "' arrived cannot be known")
                : Failure.of(
                        Kind.DROPPED, ReasonCode.QUOTA_EXCEEDED, "dropped from the full queue for a newer message");
    }

    private void accept(PublishExchange<?> publish, Message message, long now) {
        publish.sequence = ++lastSequence;
        counters.accepted(message.qos().level());
        Long seconds =
                message.properties().isEmpty() ? null : message.properties().get(Property.MESSAGE_EXPIRY_INTERVAL);
        if (seconds != null) {
            publish.expiresAt = now + seconds * 1_000_000_000L;
        }
        if (message.qos() != Qos.AT_MOST_ONCE) {
            log.accepted(publish.sequence, message, epochMillis(publish.expiresAt));
        }
    }

    private long epochMillis(long time) {
        return time == Long.MAX_VALUE ? time : (time + config.epochOffset()) / 1_000_000;
    }

    // ---- sending ----

    private boolean hasRoomFor(Qos qos) {
        return (qos == Qos.AT_MOST_ONCE || hasQuotaFor(qos) && !inFlight.isFull())
                && !outbox.isFull()
                && !(oneByOne && inFlight.count() > 0);
    }

    /** Whether one that has its identifier already may be sent again. */
    private boolean hasRoomAgainFor(Qos qos) {
        return hasQuotaFor(qos) && !outbox.isFull() && !(oneByOne && hasUnanswered());
    }

    /** Whether anything that was sent on this connection is not answered. */
    boolean hasUnanswered() {
        return inFlight.count() > again.count();
    }

    private boolean hasQuotaFor(Qos qos) {
        return quota > 0 && (qos != Qos.EXACTLY_ONCE || quotaQos2 > 0);
    }

    private void takeQuota(Qos qos) {
        quota--;
        if (qos == Qos.EXACTLY_ONCE) {
            quotaQos2--;
        }
    }

    private void giveQuota(Qos qos) {
        quota = Math.min(quota + 1, quotaMaximum);
        if (qos == Qos.EXACTLY_ONCE) {
            quotaQos2 = Math.min(quotaQos2 + 1, config.maximumInFlightQos2());
        }
    }

    private TopicFields topics() {
        TopicFields made = topics;
        if (made == null) {
            made = new TopicFields();
            made.connected(aliasMaximum);
            topics = made;
        }
        return made;
    }

    /** Sends what waits, as far as the connection has room. */
    void pump(long now) {
        if (!connected) {
            return;
        }
        for (PublishExchange<?> next = again.peek();
                next != null && hasRoomAgainFor(next.message.qos());
                next = again.peek()) {
            again.poll();
            resend(next, now);
        }
        if (!again.isEmpty()) {
            return;
        }
        for (PublishExchange<?> next = queue.peek(); next != null; next = queue.peek()) {
            Message message = next.message;
            if (!hasRoomFor(message.qos())) {
                return;
            }
            queue.poll();
            if (next.expiresAt - now <= 0) {
                end(next, expired(message));
                continue;
            }
            TopicFields.Field field = topics().of(message.topic());
            Failure refused =
                    refusal(message, PublishCodec.size(version, message, field.bytes, 0, message.properties()));
            if (refused == null) {
                send(next, message, field, now);
            } else {
                end(next, refused);
            }
        }
    }

    private void send(PublishExchange<?> publish, Message message, TopicFields.Field field, long now) {
        if (tellSent) {
            events.add(new SessionEvent.Sent(message, false));
        }
        if (message.qos() == Qos.AT_MOST_ONCE) {
            write(message, field, false, 0, remainingExpiry(publish, message, now));
            unflushed = unflushed.own();
            unflushed.add(publish);
            publish.state = Exchange.SENT;
            return;
        }
        inFlight.add(publish);
        publish.state = Exchange.SENT;
        takeQuota(message.qos());
        log.sent(publish.sequence, publish.packetId);
        measure(publish);
        write(message, field, false, publish.packetId, remainingExpiry(publish, message, now));
    }

    private void resend(PublishExchange<?> publish, long now) {
        Message message = publish.message;
        TopicFields.Field field = topics().of(message.topic());
        publish.state = Exchange.SENT;
        // The limits may be lower than on the connection on which it was sent first.
        Failure refused = refusal(message, PublishCodec.size(version, message, field.bytes, 0, message.properties()));
        if (refused != null) {
            abandon(publish, refused);
            return;
        }
        takeQuota(message.qos());
        measure(publish);
        if (tellSent) {
            events.add(new SessionEvent.Sent(message, true));
        }
        write(message, field, true, publish.packetId, remainingExpiry(publish, message, now));
    }

    private void measure(PublishExchange<?> publish) {
        if (measured == null) {
            measured = publish;
            measuring = false;
        }
    }

    /** The outbox was given to the connection. */
    void sent(long time) {
        if (measured != null && !measuring) {
            measuring = true;
            measuredSince = time;
        }
    }

    /** The broker has answered the one that is measured. */
    private void endMeasurement() {
        measured = null;
        if (measuring) {
            counters.acknowledgedAfter(now - measuredSince);
        }
    }

    /**
     * Gives up a publish that was sent. Of QoS 2 the broker may hold its identifier, and would take another message with it for
     * a repetition: it is not used again before PUBCOMP [MQTT-2.2.1-3], [MQTT-4.3.3-10].
     */
    private void abandon(PublishExchange<?> publish, Failure failure) {
        if (publish.message.qos() == Qos.EXACTLY_ONCE) {
            Abandoned rest = new Abandoned(publish.message.topic(), publish.sequence);
            inFlight.replace(publish, rest);
            log.abandoned(publish.sequence);
            if (connected) {
                release(rest);
            }
        } else {
            inFlight.remove(publish);
            log.ended(publish.sequence);
        }
        publish.packetId = 0;
        ended.add(publish, failure);
    }

    /** Asks the broker to release the identifier; one that takes no QoS 2 at present is not asked, and it stays in use. */
    private void release(Abandoned rest) {
        rest.idle = limits.maximumQos() != Qos.EXACTLY_ONCE;
        if (rest.idle) {
            inFlight.idle(inFlight.idle() + 1);
        } else {
            AckCodec.PUBREL.write(outbox.room(4), rest.packetId);
            takeQuota(Qos.EXACTLY_ONCE);
        }
    }

    /** What is left of a publish of QoS 2 that was given up, until the broker has released its identifier. */
    private static final class Abandoned extends PublishExchange<Void> {
        private boolean idle;

        Abandoned(String topic, long number) {
            super(new Message(topic, new byte[0], Qos.EXACTLY_ONCE, false, MqttProperties.NONE), true);
            sequence = number;
            state = RELEASED;
        }

        @Override
        protected void finish(Outcome result) {}

        @Override
        boolean isCounted() {
            return false;
        }
    }

    /** The broker has ended the connection over this one. Counts that, and gives it up if it was too often. */
    void blame(PublishExchange<?> publish, String why) {
        if (publish.disconnected() >= Session.MOST_DISCONNECTS) {
            connected = false;
            abandon(publish, Failure.disconnects("the message for '" + publish.message.topic() + "'", why));
        }
    }

    /** Whether some of an earlier connection wait to be sent again. */
    boolean hasAgain() {
        PublishExchange<?> first = queue.peek();
        return !again.isEmpty() || first != null && first.sequence <= lastSuspect;
    }

    /** From now on as many as allowed may be unanswered. */
    void trustAgain() {
        oneByOne = false;
        lastSuspect = 0;
    }

    /** Gives up a publish that waits in the queue. Returns whether it did. */
    boolean withdraw(PublishExchange<?> publish) {
        if (publish.state != Exchange.QUEUED || publish.packetId != 0) {
            return false;
        }
        Failure cancelled = Failure.of(Kind.CANCELLED, ReasonCode.UNSPECIFIED_ERROR, "cancelled by the application");
        queue.remove(publish, cancelled);
        counters.ended(publish, cancelled);
        if (publish.message.qos() != Qos.AT_MOST_ONCE) {
            log.ended(publish.sequence);
        }
        return true;
    }

    /** Gives up what waits in the queue of a batch. The publishes are the caller's to finish; so is the batch if they were all. */
    List<BatchedPublish> withdraw(BatchExchange<?> batch) {
        List<BatchedPublish> parts = queue.of(batch);
        parts.removeIf(part -> !withdraw(part));
        for (BatchedPublish part : parts) {
            ended.withdraw(part, (Failure) part.outcome());
        }
        return parts;
    }

    private void write(Message message, TopicFields.Field field, boolean dup, int packetId, MqttProperties properties) {
        byte[] topic = field.bytes;
        int alias = fitsWithAlias(message, field, properties) ? topics().alias(field) : 0;
        if (alias > 0) {
            topic = PublishCodec.NO_TOPIC;
        } else {
            alias = -alias;
        }
        int size = PublishCodec.size(version, message, topic, alias, properties);
        byte[] payload = message.payload();
        // At QoS 0 the publish ends before a lent payload would be copied.
        boolean lent = payload.length >= Outbox.SMALLEST_LENT && message.qos() != Qos.AT_MOST_ONCE;
        ByteBuf out = outbox.room(lent ? size - payload.length : size);
        int before = out.writerIndex();
        try {
            if (lent) {
                PublishCodec.writeHead(out, version, message, topic, dup, packetId, alias, properties);
                outbox.lend(payload);
            } else {
                PublishCodec.write(out, version, message, topic, dup, packetId, alias, properties);
            }
        } catch (Throwable unwritten) {
            out.writerIndex(before); // half a packet would break the connection
            throw unwritten;
        }
    }

    /** A packet that is nearly as large as the broker allows has no room for an alias. */
    private boolean fitsWithAlias(Message message, TopicFields.Field field, MqttProperties properties) {
        return !limited
                || PublishCodec.size(version, message, field.bytes, 1, properties) <= limits.maximumPacketSize();
    }

    /** The properties as they shall be sent: the expiry is less by the time that the message has waited. */
    private static MqttProperties remainingExpiry(PublishExchange<?> publish, Message message, long now) {
        if (publish.expiresAt == Long.MAX_VALUE) {
            return message.properties();
        }
        long seconds = Math.max(0, (publish.expiresAt - now + 999_999_999L) / 1_000_000_000L);
        return message.properties().with(Property.MESSAGE_EXPIRY_INTERVAL, seconds);
    }

    private @Nullable Failure refusal(Message message, int size) {
        if (!limited) {
            return null;
        }
        Failure refused = limits.check(message);
        return refused != null ? refused : limits.checkSize(size, "the message for '" + message.topic() + "'");
    }

    private static Failure expired(Message message) {
        return Failure.of(
                Kind.EXPIRED,
                ReasonCode.SUCCESS,
                "the message for '" + message.topic() + "' expired before it could be sent");
    }

    // ---- the broker's answers ----

    /** PUBACK. {@code packet} is null when it carries nothing but the identifier. */
    void puback(int packetId, @Nullable Packet packet) {
        PublishExchange<?> publish = answered(packetId, "PUBACK", Qos.AT_LEAST_ONCE);
        if (publish != null && publish.state == Exchange.SENT) {
            complete(publish, packet);
        }
    }

    /** PUBREC; on an error the publish has ended [MQTT-4.3.3-4]. Returns whether PUBREL is due. */
    void pubrec(int packetId, @Nullable Packet packet, boolean error) {
        PublishExchange<?> publish = answered(packetId, "PUBREC", Qos.EXACTLY_ONCE);
        if (publish == null) {
            // The broker holds an identifier of which this session knows nothing: releasing it frees the broker.
            Pubrel unknown = new Pubrel(
                    packetId,
                    version == ProtocolVersion.V5 ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : ReasonCode.SUCCESS,
                    MqttProperties.NONE);
            PacketCodec.write(unknown, version, outbox.roomForAnswer(PacketCodec.size(unknown, version)));
        } else if (publish.state == Exchange.SENT && error) {
            complete(publish, packet);
        } else if (publish.state == Exchange.SENT || publish.state == Exchange.RELEASED) {
            if (publish.state == Exchange.SENT) {
                publish.state = Exchange.RELEASED;
                log.released(publish.sequence);
            }
            AckCodec.PUBREL.write(outbox.roomForAnswer(4), packetId);
        }
    }

    /** PUBCOMP. */
    void pubcomp(int packetId, @Nullable Packet packet) {
        PublishExchange<?> publish = answered(packetId, "PUBCOMP", Qos.EXACTLY_ONCE);
        if (publish == null) {
            return;
        }
        if (publish.state != Exchange.RELEASED) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    "[MQTT-4.3.3-7]",
                    "PUBCOMP for packet identifier " + packetId + " came before its PUBREC");
        }
        complete(publish, packet);
    }

    /** The publish that an acknowledgement means; null when there is none, which happens after a lost session. */
    private @Nullable PublishExchange<?> answered(int packetId, String what, Qos qos) {
        Exchange<?> exchange = inFlight.get(packetId);
        if (exchange == null) {
            return null;
        }
        if (!(exchange instanceof PublishExchange<?> publish) || publish.message.qos() != qos) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    "[MQTT-4.3.2-5]",
                    what + " for packet identifier " + packetId + ", which belongs to another kind of packet");
        }
        if (publish == measured) {
            endMeasurement();
        }
        if (inFlight.idle() > 0 && publish instanceof Abandoned rest && rest.idle) {
            rest.idle = false;
            inFlight.idle(inFlight.idle() - 1);
        }
        return publish;
    }

    private void complete(PublishExchange<?> publish, @Nullable Packet packet) {
        inFlight.remove(publish);
        giveQuota(publish.message.qos());
        log.ended(publish.sequence);
        ended.add(publish, packet == null ? Outcome.SUCCESS : new Outcome.Answer(packet));
    }

    // ---- connections ----

    /** A connection is up, the session goes on: what was in flight is to be sent again in its order [MQTT-4.4.0-1, 4.6.0-1]. */
    void resume(ServerLimits newLimits, int newAliasMaximum, boolean cautious) {
        connect(newLimits, newAliasMaximum);
        oneByOne = cautious;
        for (PublishExchange<?> publish : inFlight.publishes()) {
            if (publish instanceof Abandoned rest) {
                release(rest);
            } else if (publish.state == Exchange.RELEASED) {
                AckCodec.PUBREL.write(outbox.room(4), publish.packetId);
                takeQuota(Qos.EXACTLY_ONCE);
            } else {
                again = again.own();
                again.add(publish);
            }
        }
    }

    /** A connection is up, but the broker has no session: what was in flight is decided by the policy. */
    void restart(ServerLimits newLimits, int newAliasMaximum, boolean cautious) {
        connect(newLimits, newAliasMaximum);
        oneByOne = cautious;
        List<PublishExchange<?>> fresh = new ArrayList<>();
        for (PublishExchange<?> publish : inFlight.publishes()) {
            Message message = publish.message;
            inFlight.remove(publish);
            publish.packetId = 0;
            // PUBREC alone proves nothing: a broker may keep the message in the session, until PUBREL.
            if (publish instanceof Abandoned) {
                end(publish, Outcome.SUCCESS);
            } else if (config.sessionLoss() == SessionLoss.RESEND_ALL
                    || config.sessionLoss() == SessionLoss.RESEND && message.qos() == Qos.AT_LEAST_ONCE) {
                publish.state = Exchange.NEW;
                fresh.add(publish);
                lastSentAgain = Math.max(lastSentAgain, publish.sequence);
                lastSuspect = cautious ? Math.max(lastSuspect, publish.sequence) : lastSuspect;
            } else {
                end(
                        publish,
                        Failure.of(
                                Kind.SESSION_LOST,
                                ReasonCode.UNSPECIFIED_ERROR,
                                "the broker has lost the session; whether the message for '" + message.topic()
                                        + "' arrived cannot be known"));
            }
        }
        for (PublishExchange<?> waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            fresh.add(waiting);
        }
        log.cleared();
        for (PublishExchange<?> publish : fresh) {
            if (publish.state != Exchange.QUEUED) {
                log.accepted(publish.sequence, publish.message, epochMillis(publish.expiresAt));
            }
            queue = queue.own();
            queue.add(publish);
        }
    }

    private void connect(ServerLimits newLimits, int newAliasMaximum) {
        limits = newLimits;
        limited = newLimits.limitMessages();
        quotaMaximum = Math.min(newLimits.receiveMaximum(), config.maximumInFlight());
        quota = quotaMaximum;
        quotaQos2 = config.maximumInFlightQos2();
        aliasMaximum = newAliasMaximum;
        if (topics != null) {
            topics.connected(newAliasMaximum);
        }
        measured = null;
        again.clear();
        inFlight.idle(0);
        connected = true;
    }

    /** Nothing is sent any more; what is in the outbox may still go. */
    void stop() {
        connected = false;
    }

    /** The connection is gone: what was of QoS 0 and not written is lost, the rest waits. */
    void disconnected() {
        connected = false;
        limits = ServerLimits.NONE;
        limited = false;
        endUnflushed(Failure.of(
                Kind.CONNECTION_LOST,
                ReasonCode.UNSPECIFIED_ERROR,
                "the connection broke before the message was written; QoS 0 is not sent again"));
    }

    /** The outbox was taken whole: publishes of QoS 0 are as done as they ever will be. */
    void flushed() {
        endUnflushed(Outcome.SUCCESS);
    }

    private void endUnflushed(Outcome outcome) {
        for (PublishExchange<?> publish = unflushed.poll(); publish != null; publish = unflushed.poll()) {
            ended.add(publish, outcome);
        }
    }

    // ---- ends ----

    /** Ends what has expired in the queue. */
    void expire(long now) {
        if (queue.earliestExpiry() - now > 0) {
            return;
        }
        PublishExchange<?> expired = queue.pollExpired(now);
        while (expired != null) {
            PublishExchange<?> rest = SendQueue.next(expired);
            end(expired, expired(expired.message));
            expired = rest;
        }
    }

    /** When something in the queue expires; {@link Long#MAX_VALUE}: never. */
    long nextExpiry() {
        return queue.earliestExpiry();
    }

    /** Ends every publish since the client is being closed. What the log holds stays in it. */
    void close(Failure reason) {
        for (PublishExchange<?> publish : inFlight.publishes()) {
            inFlight.remove(publish);
            ended.add(publish, reason);
        }
        for (PublishExchange<?> publish = queue.poll(); publish != null; publish = queue.poll()) {
            ended.add(publish, reason);
        }
        disconnected();
    }

    private void end(PublishExchange<?> publish, Outcome outcome) {
        if (publish.message.qos() != Qos.AT_MOST_ONCE) {
            log.ended(publish.sequence);
        }
        ended.add(publish, outcome);
    }

    // ---- what survived ----

    /** Brings back what a log has kept. {@code revive} makes the exchange for a message. */
    void restore(List<StoredPublish> publishes, Function<Message, ? extends PublishExchange<?>> revive) {
        for (StoredPublish stored : publishes) {
            lastSequence = Math.max(lastSequence, stored.sequence());
            if (stored.abandoned()) {
                inFlight.restore(new Abandoned(stored.message().topic(), stored.sequence()), stored.packetId());
                continue;
            }
            PublishExchange<?> publish = revive.apply(stored.message());
            counters.recovered();
            publish.sequence = stored.sequence();
            if (stored.expiresAt() != Long.MAX_VALUE) {
                publish.expiresAt = stored.expiresAt() * 1_000_000L - config.epochOffset();
            }
            if (stored.packetId() != 0 && inFlight.restore(publish, stored.packetId())) {
                publish.state = stored.released() ? Exchange.RELEASED : Exchange.SENT;
            } else {
                queue = queue.own();
                queue.add(publish);
            }
        }
    }

    int queued() {
        return queue.count();
    }

    long queuedBytes() {
        return queue.bytes();
    }

    boolean isQueueHalfEmpty() {
        return queue.count() <= config.queue().messages() / 2
                && queue.bytes() <= config.queue().bytes() / 2;
    }

    // ---- what is counted ----

    void tellSent() {
        tellSent = true;
    }

    /** The time of the packets that are being read. */
    void now(long time) {
        now = time;
    }

    boolean needsTimeOfQueued() {
        return untimed;
    }

    /** The last publish was queued at this time. */
    void queuedAt(long time) {
        untimed = false;
        PublishExchange<?> oldest = queue.peek();
        if (lastSequence == 0) {
            return; // there is no publish
        }
        if (queueTimes == null) {
            queueTimes = new QueueTimes();
        } else if (oldest == null || oldest.sequence == lastSequence) {
            queueTimes.clear();
        }
        queueTimes.mark(lastSequence, time, oldest == null ? lastSequence : oldest.sequence);
    }

    /** How long the oldest in the queue has waited, in nanoseconds. */
    long oldestQueued(long time) {
        PublishExchange<?> oldest = queue.peek();
        return oldest == null || queueTimes == null ? 0 : Math.max(0, time - queueTimes.of(oldest.sequence, time));
    }
}
