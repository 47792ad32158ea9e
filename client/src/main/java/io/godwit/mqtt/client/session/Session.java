package io.godwit.mqtt.client.session;

import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.codec.FrameSink;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsuback;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT session in the client: it outlives connections, as section 4.1 has it. Packets of the broker go in through
 * {@link #received}, what the application wants through {@link #publish} and {@link #request}; bytes come out through
 * the {@link Outbox}, messages through the {@link Inbox}, ended exchanges and events through {@link #takeEnded} and {@link
 * #takeEvent}. Publishes are followed by {@link Outgoing}, messages by {@link Incoming}; here is the rest: the connection's
 * beginning and end, subscriptions, and keep alive.
 */
public final class Session {
    /** How often the broker may end the connection over one packet until that is given up. */
    static final int MOST_DISCONNECTS = 4;

    /** First bytes of the acknowledgements. */
    private static final int PUBACK = 0x40;

    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;

    private enum Phase {
        DISCONNECTED,
        /** CONNECT was sent, CONNACK has not come. */
        CONNECTING,
        CONNECTED
    }

    // Set once.
    private final SessionConfig config;
    private final SessionLog log;
    private final Outbox outbox;
    private final InFlight inFlight = new InFlight();
    private final Counters counters = new Counters();
    private final EndedExchanges ended = new EndedExchanges(counters);
    private final Outgoing outgoing;
    private final Inbox inbox;
    private final FrameSink frames = new Frames();

    // For the life of the session.
    /** Made with the first handler, subscribe or message. */
    private @Nullable Subscriptions subscriptions;
    /** Made with the first subscribe or unsubscribe. */
    private @Nullable PendingSubscriptions pending;
    /** Made when the first message comes, or the first SUBACK: many clients only publish. */
    private @Nullable Incoming incoming;

    private final SessionEvents events = new SessionEvents();
    /**
     * The broker has ended a connection while several packets were unanswered. They are sent one at a time until they are
     * answered, so that the one over which it does so again is known.
     */
    private boolean cautious;

    // Per connection.
    private Phase phase = Phase.DISCONNECTED;
    private @Nullable PacketReader reader;
    private @Nullable Connect connect;
    private ServerLimits limits = ServerLimits.NONE;
    private final KeepAlive keepAlive = new KeepAlive();
    /** When PINGREQ was sent whose answer has not come; meaningless unless {@link #pinging}. */
    private long pingedAt;

    private boolean pinging;
    /** Whether the broker keeps the session when the connection ends. */
    private boolean kept;
    /** Whether the broker was asked for nothing that it may send at a time of its own: see {@link #isQuiet}. */
    private boolean quiet;

    private boolean finished;
    /** The time of the packets that are being read. */
    private long now;
    /** Whether a whole packet was among the bytes that are being read. */
    private boolean wholePacket;

    /**
     * @param log where the session's changes are noted
     * @param allocator of the buffers that the outbox fills
     */
    public Session(SessionConfig config, SessionLog log, ByteBufAllocator allocator) {
        this.config = config;
        this.log = log;
        this.outbox = new Outbox(allocator);
        this.outgoing = new Outgoing(config, outbox, log, inFlight, ended, counters, events);
        this.inbox = new Inbox(ended);
    }

    /** Brings back what the log has kept. {@code revive} makes the exchange of a publish that goes on. */
    public void restore(StoredSession stored, Function<Message, ? extends PublishExchange<?>> revive) {
        outgoing.restore(stored.publishes(), revive);
        if (!stored.received().isEmpty()) {
            incoming().restore(stored.received());
        }
        stored.subscriptions().forEach(each -> pending().restore(each));
    }

    private Subscriptions subscriptions() {
        Subscriptions made = subscriptions;
        if (made == null) {
            made = new Subscriptions();
            subscriptions = made;
        }
        return made;
    }

    private PendingSubscriptions pending() {
        PendingSubscriptions made = pending;
        if (made == null) {
            made = new PendingSubscriptions(
                    config.version(), outbox, log, inFlight, subscriptions(), ended, events, outgoing);
            if (phase == Phase.CONNECTED) {
                made.connected(limits, true, cautious);
            }
            pending = made;
        }
        return made;
    }

    private Incoming incoming() {
        Incoming made = incoming;
        return made != null ? made : makeIncoming();
    }

    private Incoming makeIncoming() {
        Incoming made = new Incoming(
                config, outbox, log, subscriptions(), topic -> pending().unwanted(topic), inbox, counters, events);
        made.now(now);
        if (phase == Phase.CONNECTED) {
            made.connected(true, kept, limits);
        }
        incoming = made;
        return made;
    }

    // ---- connections ----

    /** What the session has counted. */
    public Counters counters() {
        return counters;
    }

    /** From now on each PUBLISH that is sent is an event. */
    public void tellSent() {
        outgoing.tellSent();
    }

    /** Begins a connection: CONNECT goes into the outbox. */
    public void open(Connect packet, long time) {
        now = time;
        pinging = false;
        phase = Phase.CONNECTING;
        connect = packet;
        PacketReader packets = new PacketReader(config.maximumPacketSize());
        packets.version(config.version());
        reader = packets;
        write(packet);
    }

    /**
     * Reads what has arrived, wherever packets begin and end in it: of many bytes the first piece, to be called again while
     * some are left. Stops behind CONNACK.
     *
     * @return whether it is to be called again even if no bytes are left, once the events were taken
     * @throws ProtocolViolationException when the broker breaks the protocol; the connection must then be closed
     */
    public boolean received(ByteBuf bytes, long time) {
        PacketReader packets = reader;
        if (packets == null || phase == Phase.DISCONNECTED) {
            bytes.skipBytes(bytes.readableBytes()); // after DISCONNECT it is not an error: the connection ends in order
            return false;
        }
        now = time;
        if (incoming != null) {
            incoming.now(time);
        }
        outgoing.now(time);
        refuseWhatIsNoConnack(packets, bytes);
        boolean before = phase == Phase.CONNECTED;
        int readable = bytes.readableBytes();
        wholePacket = false;
        feed(packets, bytes);
        if (wholePacket) {
            keepAlive.received(time);
        } else {
            keepAlive.receivedPart(time, readable - bytes.readableBytes());
        }
        pump(time);
        return !before && phase == Phase.CONNECTED;
    }

    private void feed(PacketReader packets, ByteBuf bytes) {
        try {
            packets.feedPiece(bytes, frames);
        } catch (ProtocolViolationException broken) {
            throw broken.reason() == ReasonCode.PACKET_TOO_LARGE
                    ? broken.withAdvice("maximumPacketSize(...) of the client's builder raises it")
                    : broken;
        }
    }

    /** What is not a broker is known from the first byte: the rest may be no packet at all, and never come to an end. */
    private void refuseWhatIsNoConnack(PacketReader packets, ByteBuf bytes) {
        if (phase == Phase.CONNECTING && packets.waiting() == 0 && bytes.isReadable()) {
            refuseUnlessConnack(bytes.getUnsignedByte(bytes.readerIndex()) >> 4);
        }
    }

    private void refuseUnlessConnack(int type) {
        boolean auth = type == PacketType.AUTH.code() && config.version() == ProtocolVersion.V5;
        if (type != PacketType.CONNACK.code() && !auth) {
            throw unexpected(type == 0 ? "packet type 0" : PacketType.of(type).name());
        }
    }

    /** What the reader finds. */
    private final class Frames implements FrameSink {
        @Override
        public boolean frame(int firstByte, byte[] in, int index, int length) {
            return Session.this.frame(firstByte, in, index, length);
        }

        @Override
        public byte @Nullable [] largePublish(int firstByte, byte[] in, int index, int available, int length) {
            return phase == Phase.CONNECTED ? incoming().begin(firstByte, in, index, available, length) : null;
        }

        @Override
        public boolean filled() {
            wholePacket = true;
            incoming().end();
            return phase != Phase.DISCONNECTED;
        }
    }

    private boolean frame(int firstByte, byte[] in, int index, int length) {
        int type = firstByte >> 4;
        wholePacket = true;
        if (phase != Phase.CONNECTED) {
            beforeConnected(firstByte, in, index, length);
            return phase == Phase.CONNECTING; // the client hears of the connection before the messages behind CONNACK
        } else if (type == PacketType.PUBLISH.code()) {
            incoming().publish(firstByte, in, index, length);
        } else if (length != 2 || !acknowledgement(firstByte, (in[index] & 0xFF) << 8 | in[index + 1] & 0xFF)) {
            packet(PacketCodec.read(firstByte, in, index, length, config.version()));
        }
        return phase != Phase.DISCONNECTED;
    }

    /** Handles an acknowledgement that is nothing but its identifier, without an object. False: it is not one. */
    private boolean acknowledgement(int firstByte, int packetId) {
        if (packetId == 0) {
            return false;
        }
        switch (firstByte) {
            case PUBACK -> outgoing.puback(packetId, null);
            case PUBREC -> outgoing.pubrec(packetId, null, false);
            case PUBREL -> incoming().pubrel(packetId);
            case PUBCOMP -> outgoing.pubcomp(packetId, null);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void packet(Packet packet) {
        if (packet instanceof Puback puback) {
            outgoing.puback(puback.packetId(), puback);
        } else if (packet instanceof Pubrec pubrec) {
            outgoing.pubrec(pubrec.packetId(), pubrec, pubrec.reason().isError());
        } else if (packet instanceof Pubrel pubrel) {
            incoming().pubrel(pubrel.packetId());
        } else if (packet instanceof Pubcomp pubcomp) {
            outgoing.pubcomp(pubcomp.packetId(), pubcomp);
        } else if (packet instanceof Suback suback) {
            pending().suback(suback);
            if (incoming().subscribed()) {
                events.add(new SessionEvent.TickEarlier());
            }
        } else if (packet instanceof Unsuback unsuback) {
            pending().unsuback(unsuback);
        } else if (packet instanceof Disconnect disconnect) {
            if (isAboutPackets(disconnect.reason())) {
                blame("the broker disconnected with " + disconnect.reason().describe());
            }
            phase = Phase.DISCONNECTED;
            stopPending();
            events.add(new SessionEvent.ServerDisconnected(disconnect));
        } else if (packet instanceof Auth auth) {
            events.add(new SessionEvent.AuthReceived(auth));
        } else if (packet instanceof Pingresp) {
            pingAnswered();
        } else {
            throw unexpected(packet.type().name());
        }
    }

    private void pingAnswered() {
        if (pinging) {
            pinging = false;
            counters.pingAnsweredAfter(now - pingedAt);
        }
    }

    private void beforeConnected(int firstByte, byte[] in, int index, int length) {
        refuseUnlessConnack(firstByte >> 4);
        Packet packet = PacketCodec.read(firstByte, in, index, length, config.version());
        if (packet instanceof Connack connack) {
            connack(connack);
        } else if (packet instanceof Auth challenge) {
            events.add(new SessionEvent.AuthReceived(challenge));
        }
    }

    private ProtocolViolationException unexpected(String what) {
        return phase == Phase.CONNECTED
                ? new ProtocolViolationException(
                        ReasonCode.PROTOCOL_ERROR,
                        0,
                        "[MQTT-4.13.1-1]",
                        "the broker sent " + what + ", which only clients send")
                : new ProtocolViolationException(
                        ReasonCode.PROTOCOL_ERROR,
                        0,
                        "[MQTT-3.2.0-1]",
                        "the broker answered CONNECT with " + what + " in place of CONNACK");
    }

    /** Whether the broker keeps the session when the connection ends, sections 3.1.2.4 of 3.1.1 and 3.1.2.11.2 of MQTT 5. */
    private boolean isKept(Connect sent, Connack connack) {
        if (config.version() != ProtocolVersion.V5) {
            return !sent.cleanStart();
        }
        long asked = sent.properties().getOr(Property.SESSION_EXPIRY_INTERVAL, 0L);
        return connack.properties().getOr(Property.SESSION_EXPIRY_INTERVAL, asked) > 0;
    }

    private void connack(Connack connack) {
        Connect sent = connect;
        if (sent == null) {
            throw new IllegalStateException("CONNACK without CONNECT");
        }
        if (connack.code() != 0) {
            phase = Phase.DISCONNECTED;
            events.add(new SessionEvent.Refused(connack));
            return;
        }
        requireWhatWasAskedFor(connack, sent);
        phase = Phase.CONNECTED;
        connect = null;
        boolean v5 = config.version() == ProtocolVersion.V5;
        limits = v5 ? ServerLimits.of(connack.properties()) : ServerLimits.NONE;
        int seconds = connack.properties().getOr(Property.SERVER_KEEP_ALIVE, sent.keepAlive());
        keepAlive.start(now, seconds * 1_000_000_000L);
        // CONNACK of 3.1 cannot tell: a session that was not asked to be clean is there.
        boolean resumed = config.version() == ProtocolVersion.V3_1 ? !sent.cleanStart() : connack.sessionPresent();
        int aliases = Math.min(limits.topicAliasMaximum(), config.ownTopicAliases());
        kept = isKept(sent, connack);
        if (incoming != null) {
            incoming.connected(resumed, kept, limits);
        }
        quiet = !resumed;
        events.add(new SessionEvent.Connected(connack, resumed));
        if (resumed) {
            outgoing.resume(limits, aliases, cautious);
        } else {
            outgoing.restart(limits, aliases, cautious);
            if (subscriptions != null) {
                subscriptions.active().forEach(each -> log.subscribed(each.subscription(), each.properties()));
            }
        }
        // Subscriptions first: what waits to be published may be meant for this very client.
        if (pending != null) {
            pending.connected(limits, resumed, cautious);
        }
        pump(now);
    }

    private static void requireWhatWasAskedFor(Connack connack, Connect sent) {
        if (connack.sessionPresent() && sent.cleanStart()) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    "[MQTT-3.2.2-2]",
                    "CONNACK says that a session is present, though CONNECT asked for a clean one");
        }
        String assigned = connack.properties().get(Property.ASSIGNED_CLIENT_IDENTIFIER);
        if (assigned != null && !sent.clientId().isEmpty() && !assigned.equals(sent.clientId())) {
            throw new ProtocolViolationException(
                    ReasonCode.PROTOCOL_ERROR,
                    2,
                    "(section 3.2.2.3.7)",
                    "CONNACK assigns another client identifier than '" + sent.clientId() + "', which CONNECT had");
        }
    }

    /** Whether CONNACK has come and the connection is not known to be over. */
    public boolean isConnected() {
        return phase == Phase.CONNECTED;
    }

    /**
     * Whether nothing can be on its way from the broker: all that it was asked on this connection is answered, and it was
     * asked for nothing that comes at a time of its own. So no session was resumed, no SUBSCRIBE, PINGREQ or AUTH was sent,
     * and no message has ever come.
     */
    public boolean isQuiet() {
        PacketReader packets = reader;
        return quiet
                && (pending == null || !pending.hasSent())
                && phase == Phase.CONNECTED
                && inFlight.count() == 0
                && (incoming == null || !incoming.hasReceived())
                && packets != null
                && packets.waiting() == 0;
    }

    /** Puts DISCONNECT into the outbox; after it nothing may be sent [MQTT-3.14.4-2]. */
    public void disconnect(Disconnect packet) {
        if (phase != Phase.DISCONNECTED) {
            write(packet);
            phase = Phase.DISCONNECTED;
            outgoing.stop();
            stopPending();
            disconnectIncoming();
        }
    }

    /** Puts AUTH into the outbox. */
    public void authenticate(Auth packet) {
        if (phase != Phase.DISCONNECTED) {
            quiet = false;
            PacketCodec.write(
                    packet, config.version(), outbox.roomForAnswer(PacketCodec.size(packet, config.version())));
        }
    }

    /** The broker has ended the connection without saying why: perhaps over what it was sent. To be followed by {@link #closed}. */
    public void endedByBroker() {
        if (phase == Phase.CONNECTED) {
            blame("the broker closed the connection");
        }
    }

    /** Whether a DISCONNECT with this reason is about something that was sent, rather than about the connection. */
    private static boolean isAboutPackets(ReasonCode reason) {
        return switch (reason) {
            case UNSPECIFIED_ERROR,
                    MALFORMED_PACKET,
                    PROTOCOL_ERROR,
                    IMPLEMENTATION_SPECIFIC_ERROR,
                    NOT_AUTHORIZED,
                    TOPIC_FILTER_INVALID,
                    TOPIC_NAME_INVALID,
                    TOPIC_ALIAS_INVALID,
                    PACKET_TOO_LARGE,
                    QUOTA_EXCEEDED,
                    PAYLOAD_FORMAT_INVALID,
                    RETAIN_NOT_SUPPORTED,
                    QOS_NOT_SUPPORTED,
                    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED -> true;
            default -> false;
        };
    }

    /** The broker ends the connection. If only one packet is unanswered, that is counted as the reason. */
    private void blame(String why) {
        List<Exchange<?>> suspects = inFlight.unanswered();
        if (suspects.size() != 1) {
            cautious |= suspects.size() > 1;
            return;
        }
        Exchange<?> suspect = suspects.get(0);
        if (suspect instanceof PublishExchange<?> publish) {
            outgoing.blame(publish, why);
        } else {
            cautious |= suspect instanceof SubscribeExchange<?> subscribe
                    && subscribe.subscriptions().size() > 1;
            pending().blame(suspect, why);
        }
    }

    /** The connection is gone. What the session keeps waits for the next one. */
    public void closed() {
        phase = Phase.DISCONNECTED;
        PacketReader packets = reader;
        if (packets != null) {
            packets.close();
            reader = null;
        }
        keepAlive.stop();
        limits = ServerLimits.NONE;
        outbox.clear();
        outgoing.disconnected();
        disconnectIncoming();
        if (pending != null) {
            pending.disconnected();
        }
    }

    private void stopPending() {
        if (pending != null) {
            pending.stop();
        }
    }

    private void disconnectIncoming() {
        if (incoming != null) {
            incoming.disconnected();
        }
    }

    /** Ends every exchange with this reason. What the log holds stays in it. */
    public void end(Failure reason) {
        closed();
        outgoing.close(reason);
        endPendingSubscriptions(reason);
    }

    /** The log is about to be closed: a message whose handler ends later is not acknowledged, and comes again. */
    public void finish() {
        finished = true;
    }

    /** Ends subscribes and unsubscribes that wait for a connection. */
    public void endPendingSubscriptions(Failure reason) {
        if (pending != null) {
            pending.end(reason);
        }
    }

    // ---- publishes ----

    /**
     * Takes a publish. Null: it is sent or queued, and ends through the chain of the ended. Otherwise it is not taken.
     *
     * @param time is asked for only when the message has an expiry
     * @throws IllegalArgumentException if its topic is not a valid topic name
     */
    public @Nullable Failure publish(PublishExchange<?> publish, long time) {
        return outgoing.publish(publish, time);
    }

    /** Sends a message of QoS 0 that nobody follows, if that is possible at once. Returns whether it was sent. */
    public boolean publishNow(Message message) {
        return outgoing.publishNow(message);
    }

    /**
     * Takes the next publish of a batch. Null: it is sent or queued, or refused for a reason that concerns no other, and counts
     * towards the batch. Otherwise it finds no room, and is not taken.
     *
     * @param time is asked for only when the message has an expiry
     */
    public @Nullable Failure publishNext(BatchedPublish part, long time) {
        return outgoing.publishNext(part, time);
    }

    /**
     * Sends the next message of a batch as {@link #publishNow} does, if it is of QoS 0, nobody wants to hear of it alone, and it can
     * be sent at once. Returns whether it was.
     */
    public boolean publishNextNow(BatchExchange<?> batch, Message message) {
        return outgoing.publishNextNow(batch, message);
    }

    /** Refuses the next publish of a batch. */
    public void refuseNext(BatchedPublish part, Failure reason) {
        outgoing.refuseNext(part, reason);
    }

    /**
     * Checks a message before it is published.
     *
     * @throws IllegalArgumentException if no packet can carry it
     */
    public void check(Message message) {
        outgoing.check(message);
    }

    /** Whether the queue would take a message of this many bytes. */
    public boolean hasQueueRoom(int bytes) {
        return outgoing.hasQueueRoom(bytes);
    }

    /** Gives up a publish that was not sent yet. Returns whether that was so; then its future is the caller's to end. */
    public boolean withdraw(PublishExchange<?> publish) {
        return outgoing.withdraw(publish);
    }

    /**
     * Gives up those publishes of a batch that were not sent yet. They are the caller's to finish, and so is the batch if {@link
     * Exchange#outcome} then says that it is cancelled.
     */
    public List<BatchedPublish> withdraw(BatchExchange<?> batch) {
        return outgoing.withdraw(batch);
    }

    /** Sends what waits, after bytes were taken from the outbox or packets were answered. */
    public void pump(long time) {
        if (cautious
                && phase == Phase.CONNECTED
                && inFlight.count() == 0
                && (pending == null || !pending.hasUnsent())
                && !outgoing.hasAgain()) {
            cautious = false; // all suspects are answered
            outgoing.trustAgain();
            if (pending != null) {
                pending.trustAgain();
            }
        }
        if (pending != null) {
            pending.sendUnsent();
        }
        outgoing.pump(time);
    }

    /** Publishes that wait to be sent. */
    public int queued() {
        return outgoing.queued();
    }

    /** The bytes of topics and payloads of {@link #queued}. */
    public long queuedBytes() {
        return outgoing.queuedBytes();
    }

    /** How long the oldest of {@link #queued} has waited, in nanoseconds. */
    public long oldestQueued(long time) {
        return outgoing.oldestQueued(time);
    }

    /** Whether the last publish was queued, and the time of that should be told to {@link #queuedAt}. */
    public boolean needsTimeOfQueued() {
        return outgoing.needsTimeOfQueued();
    }

    /** The last publish was queued at this time. */
    public void queuedAt(long time) {
        outgoing.queuedAt(time);
    }

    /** Whether the queue is at most half full, in messages and bytes. */
    public boolean isQueueHalfEmpty() {
        return outgoing.isQueueHalfEmpty();
    }

    /** What has been sent and not been answered. */
    public int inFlight() {
        return inFlight.count();
    }

    // ---- subscriptions ----

    /** Adds a handler: from now on it receives the messages that match, also those that waited for it. */
    public void addHandler(Handler handler) {
        subscriptions().addHandler(handler);
        if (incoming != null) {
            incoming.handlersChanged(subscriptions());
        }
    }

    /**
     * Removes those of these handlers whose filter has others left. Returns the filters that would have none: they are to
     * be unsubscribed, and their handlers stay until then.
     */
    public List<TopicFilter> removeHandlers(List<? extends Handler> handlers) {
        List<TopicFilter> filtersWithoutOthers = new ArrayList<>();
        for (Handler handler : handlers) {
            if (subscriptions().hasOtherHandlers(handler.filter(), handlers)) {
                subscriptions().removeHandler(handler);
            } else if (subscriptions().hasHandlers(handler.filter())
                    && !filtersWithoutOthers.contains(handler.filter())) {
                filtersWithoutOthers.add(handler.filter());
            }
        }
        return filtersWithoutOthers;
    }

    public void removeHandler(Handler handler) {
        subscriptions().removeHandler(handler);
    }

    /** Sends a subscribe, now or when there is a connection. Null: it is accepted; else why it is not. */
    public @Nullable Failure subscribe(SubscribeExchange<?> exchange) {
        Failure refused = pending().request(exchange);
        if (refused == null) {
            exchange.handlers().forEach(this::addHandler);
        }
        return refused;
    }

    /**
     * Undoes a subscribe that nobody waits for any more. Its handlers are replaced by ones that do nothing until the broker has
     * agreed to unsubscribe, so that messages on their way hold up nothing.
     *
     * @param substitutes one for each handler
     * @return the filters that are to be unsubscribed; empty if others use them, or SUBSCRIBE was not sent
     */
    public List<TopicFilter> undo(SubscribeExchange<?> exchange, List<? extends Handler> substitutes) {
        boolean withdrawn = pending().withdraw(exchange);
        List<TopicFilter> unused = new ArrayList<>();
        for (int i = 0; i < exchange.handlers().size(); i++) {
            Handler handler = exchange.handlers().get(i);
            if (!withdrawn && !subscriptions().hasOtherHandlers(handler.filter(), List.of(handler))) {
                unused.add(handler.filter());
                subscriptions().addHandler(substitutes.get(i));
            }
            subscriptions().removeHandler(handler);
        }
        return unused;
    }

    /** Sends an unsubscribe, now or when there is a connection. Null: it is accepted; else why it is not. */
    public @Nullable Failure unsubscribe(UnsubscribeExchange<?> exchange) {
        return pending().request(exchange);
    }

    // ---- messages ----

    /** The messages that wait for their handlers. */
    public Inbox inbox() {
        return inbox;
    }

    /** From now on no message of this connection is taken, so that those that were can be handled before it ends. */
    public void drain() {
        incoming().drain();
    }

    /** Takes a token back: the handlers of its message are done, the message is acknowledged. */
    public void handled(int token) {
        if (!finished) {
            incoming().handled(token);
        }
    }

    /**
     * Takes a token back: the message is refused with a reason code, or acknowledged before MQTT 5. Returns whether the broker
     * is informed.
     */
    public boolean reject(Message message, int token, ReasonCode reason, @Nullable String text) {
        return !finished && incoming().reject(message, token, reason, text);
    }

    /** Takes a token back: the message is not acknowledged on this connection, which keeps nothing behind it waiting. */
    public void leave(int token) {
        if (!finished) {
            incoming().leave(token);
        }
    }

    // ---- time ----

    /** When {@link #tick} has something to do next; {@link Long#MAX_VALUE}: nothing is known. */
    public long nextTick() {
        long expiry = outgoing.nextExpiry();
        // After DISCONNECT nothing may be sent, so no ping falls due: a deadline here would come again at once, for
        // ever.
        if (phase != Phase.CONNECTED) {
            return expiry;
        }
        long next = Math.min(keepAlive.deadline(), expiry);
        return incoming == null ? next : Math.min(next, incoming.nextGivenUp());
    }

    /** Does what is due: pings, and ends what has expired. False: the broker is silent, the connection is to be closed. */
    public boolean tick(long time) {
        outgoing.expire(time);
        inbox.trim();
        outbox.trim();
        if (phase != Phase.CONNECTED) {
            return true;
        }
        if (incoming != null) {
            incoming.tick(time);
        }
        if (keepAlive.isDead(time)) {
            return false;
        }
        if (keepAlive.pingDue(time)) {
            quiet = false;
            write(new Pingreq());
            keepAlive.pinged(time);
            pinging = true;
            pingedAt = time;
        }
        return true;
    }

    /** Bytes were given to the connection at this time. */
    public void sent(long time) {
        keepAlive.sent(time);
        outgoing.sent(time);
        if (outbox.isEmpty()) {
            outgoing.flushed();
        }
    }

    /** How often to look whether bytes that wait for the network are written, in nanoseconds; 0: never. */
    public long lookInterval() {
        return phase == Phase.CONNECTED ? keepAlive.lookInterval() : 0;
    }

    /** Bytes that had waited for the network were written. */
    public void wrote(long time) {
        keepAlive.wrote(time);
    }

    /** Reading is paused by this client, so the broker's silence proves nothing. */
    public void notReading(long time) {
        keepAlive.received(time);
    }

    /** A connection is up, and its events are taken: releases what an idle session does not need. */
    public void trim() {
        events.trim();
    }

    // ---- what comes out ----

    /** The bytes for the connection. */
    public Outbox outbox() {
        return outbox;
    }

    /** What has ended and not been taken, to be finished without the lock. */
    public EndedExchanges ended() {
        return ended;
    }

    /** The next event, or null. */
    public @Nullable SessionEvent takeEvent() {
        return events.poll();
    }

    private void write(Packet packet) {
        PacketCodec.write(packet, config.version(), outbox.room(PacketCodec.size(packet, config.version())));
    }
}
