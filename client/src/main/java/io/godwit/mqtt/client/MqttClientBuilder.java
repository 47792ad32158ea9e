package io.godwit.mqtt.client;

import io.godwit.mqtt.client.engine.ClientConfig;
import io.godwit.mqtt.client.engine.Handler;
import io.godwit.mqtt.client.engine.HandlerThreads;
import io.godwit.mqtt.client.engine.RealMqttClient;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.UserProperty;
import io.godwit.mqtt.protocol.Utf8;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers what a client is made of. What cannot be is refused here, with what would be right. Not thread-safe. */
public final class MqttClientBuilder {
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofSeconds(65_535);

    // What is set unless the application says otherwise; all clients share these values.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
    private static final Reconnect RECONNECT = Reconnect.exponential(Duration.ofSeconds(1), Duration.ofMinutes(2));
    private static final QueueBounds QUEUE = new QueueBounds(65_536, 64L * 1024 * 1024, WhenFull.FAIL);
    private static final Duration CONNACK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** As many messages of QoS 2 as Mosquitto takes at a time. */
    private static final int QOS_2_IN_FLIGHT = 20;

    private TransportOptions.Builder road = TransportOptions.builder();
    private boolean anyServer;
    /** Null for sockets. Set by engine.TransportAccess too. */
    private @Nullable Transport transport;

    private ProtocolVersion version = ProtocolVersion.V3_1_1;
    private @Nullable String clientId;
    private @Nullable Boolean cleanSession;
    private Duration keepAlive = KEEP_ALIVE;
    private @Nullable Supplier<? extends @Nullable Credentials> credentials;
    private @Nullable Message will;
    private MqttProperties connectProperties = MqttProperties.NONE;
    private @Nullable Authenticator authenticator;
    private Reconnect reconnect = RECONNECT;
    private boolean retryFirst;
    private boolean followRedirects = true;
    private @Nullable SessionStore store;
    private QueueBounds queue = QUEUE;
    private int maximumInFlight = 1024;
    /** Zero: not set. */
    private int maximumInFlightQos2;

    private SessionLoss sessionLoss = SessionLoss.RESEND;
    private int receiveMaximum = 65_535;
    private int maximumPacketSize = 268_435_460;
    private int topicAliasMaximum = 64;
    private int ownTopicAliases = 64;
    private boolean acknowledgeOnArrival;
    private Duration connackTimeout = CONNACK_TIMEOUT;
    private Duration callTimeout = CALL_TIMEOUT;
    private Duration closeTimeout = CLOSE_TIMEOUT;
    private int inboxMessages = 8192;
    private long inboxBytes = 16L * 1024 * 1024;
    private @Nullable Executor executor;
    private boolean onEventLoop;
    private LongSupplier wallClock = System::currentTimeMillis;
    private final List<Handler> handlers = new ArrayList<>();
    private final List<ClientListener> listeners = new ArrayList<>();

    MqttClientBuilder() {}

    // ---- the way to the broker ----

    /**
     * Adds a server; several are tried in order. {@code mqtt://}, {@code mqtts://}, {@code ws://}, {@code wss://} or
     * {@code mqtt+unix:///path}, or host and port alone.
     *
     * @throws IllegalArgumentException when it is no address; the message says what is wrong
     */
    public MqttClientBuilder server(String address) {
        ServerAddress parsed = ServerAddress.parse(address);
        List<ServerAddress> all = new ArrayList<>(anyServer ? road.build().servers() : List.of());
        all.add(parsed.withoutCredentials());
        road.servers(all);
        anyServer = true;
        if (parsed.user() != null && credentials == null) {
            Credentials inAddress = Credentials.of(
                    parsed.user(),
                    parsed.password() == null
                            ? null
                            : parsed.password().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            credentials = () -> inAddress;
        }
        return this;
    }

    /** Takes the whole road: servers, TLS, proxy, time limits. Replaces what {@link #server} has added. */
    public MqttClientBuilder road(TransportOptions newRoad) {
        road = newRoad.toBuilder();
        anyServer = true;
        return this;
    }

    // ---- CONNECT ----

    /** The version of the protocol; 3.1.1 unless set. There is no silent fall back to another. */
    public MqttClientBuilder protocol(ProtocolVersion newVersion) {
        version = newVersion;
        return this;
    }

    /**
     * The client identifier. Unless set, one is made up: {@code godwit-} and random characters. May be empty on 3.1.1
     * with a clean session and on 5: the broker then chooses one. 1 to 23 characters on 3.1.
     */
    public MqttClientBuilder clientId(String newClientId) {
        clientId = Utf8.check("client identifier", newClientId);
        return this;
    }

    /**
     * Whether each connection begins with a new session (clean session of 3.1 and 3.1.1, clean start of 5). Unless set:
     * true, and false when there is a {@link #store}. On MQTT 5 a session that is not clean never expires, as on the older
     * versions, unless {@link #sessionExpiry} says otherwise.
     */
    public MqttClientBuilder cleanSession(boolean clean) {
        cleanSession = clean;
        return this;
    }

    /**
     * The longest time without a packet before a ping is sent; 60 seconds unless set, zero switches it off. A connection
     * that is dead is noticed within 1.5 times that [MQTT-3.1.2-22].
     *
     * @throws IllegalArgumentException unless whole seconds, 0 to 65,535
     */
    public MqttClientBuilder keepAlive(Duration interval) {
        if (interval.isNegative() || interval.compareTo(LONGEST_KEEP_ALIVE) > 0 || interval.getNano() != 0) {
            throw new IllegalArgumentException(
                    "keep alive " + interval + " does not fit: whole seconds from 0 (off) to 65,535");
        }
        keepAlive = interval;
        return this;
    }

    public MqttClientBuilder credentials(String username, String password) {
        Credentials fixed = Credentials.of(username, password);
        return credentials(() -> fixed);
    }

    /** Credentials that are asked for before each attempt, on a thread that no handler can occupy; it may block. */
    public MqttClientBuilder credentials(@Nullable Supplier<? extends @Nullable Credentials> supplier) {
        credentials = supplier;
        return this;
    }

    /** The message that the broker publishes when this client is gone without DISCONNECT, section 3.1.2.5. */
    public MqttClientBuilder will(@Nullable Message message) {
        if (message != null) {
            TopicName.check(message.topic());
        }
        will = message;
        return this;
    }

    /** How long the broker keeps the session after a connection has ended; MQTT 5. Whole seconds up to 4,294,967,295 (never). */
    public MqttClientBuilder sessionExpiry(Duration expiry) {
        if (expiry.isNegative() || expiry.toSeconds() > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(
                    "session expiry " + expiry + " is out of range: 0 to 4,294,967,295 seconds (MQTT 5, 3.1.2.11.2)");
        }
        connectProperties = connectProperties.with(Property.SESSION_EXPIRY_INTERVAL, expiry.toSeconds());
        return this;
    }

    /** Adds a user property to CONNECT; MQTT 5. */
    public MqttClientBuilder userProperty(String name, String value) {
        connectProperties = connectProperties.and(Property.USER_PROPERTY, new UserProperty(name, value));
        return this;
    }

    /** Sets any property of CONNECT; null removes it. MQTT 5. */
    public <T> MqttClientBuilder property(Property<T> property, @Nullable T value) {
        connectProperties = connectProperties.with(property, value);
        return this;
    }

    /** Extended authentication, MQTT 5. */
    public MqttClientBuilder authenticator(@Nullable Authenticator newAuthenticator) {
        authenticator = newAuthenticator;
        return this;
    }

    // ---- keeping it up ----

    /** When a lost connection is made again; exponential from 1 second to 2 minutes with full jitter unless set. */
    public MqttClientBuilder reconnect(Reconnect policy) {
        reconnect = policy;
        return this;
    }

    /** Whether a first connection that fails is tried again as a lost one is; false unless set: it is reported. */
    public MqttClientBuilder retryFirst(boolean retry) {
        retryFirst = retry;
        return this;
    }

    /** Whether the broker may send the client to another server, MQTT 5 section 4.11; true unless set. */
    public MqttClientBuilder followRedirects(boolean follow) {
        followRedirects = follow;
        return this;
    }

    // ---- what is kept ----

    /** Keeps the session where it survives the client, or the process. The client identifier must be set. */
    public MqttClientBuilder store(SessionStore newStore) {
        store = newStore;
        return this;
    }

    /** Bounds of the queue of publishes that wait; 65,536 messages and 64 MiB, new ones fail when full, unless set. */
    public MqttClientBuilder queue(int messages, long bytes, WhenFull whenFull) {
        queue = new QueueBounds(messages, bytes, whenFull);
        return this;
    }

    /**
     * Publishes of QoS 1 and 2 in flight at most, 1 to 65,535. A broker of MQTT 5 may allow fewer [MQTT-3.3.4-7]. Unless
     * set: 1,024, but of QoS 2 before MQTT 5 no more than 20, since there no broker can tell its limit, and Mosquitto
     * 2.0.11 acknowledges what is beyond its own (20, unless configured) and drops it.
     */
    public MqttClientBuilder maximumInFlight(int publishes) {
        maximumInFlight = inRange("maximum in flight", publishes, 1, 65_535);
        maximumInFlightQos2 = maximumInFlight;
        return this;
    }

    private int maximumInFlightQos2() {
        if (maximumInFlightQos2 != 0) {
            return maximumInFlightQos2;
        }
        return version == ProtocolVersion.V5 ? maximumInFlight : QOS_2_IN_FLIGHT;
    }

    /** What becomes of publishes in flight when the broker has lost the session; {@link SessionLoss#RESEND} unless set. */
    public MqttClientBuilder onSessionLoss(SessionLoss policy) {
        sessionLoss = policy;
        return this;
    }

    // ---- receiving ----

    /**
     * Declares a handler before the client connects, so that no message of a kept session comes too early for it. It does
     * not subscribe.
     */
    public MqttClientBuilder handler(String filter, MessageHandler handler) {
        handlers.add(new Handler(TopicFilter.of(filter), handler, null));
        return this;
    }

    /** The same with a handler that acknowledges by hand. */
    public MqttClientBuilder manualHandler(String filter, ManualHandler handler) {
        handlers.add(new Handler(TopicFilter.of(filter), null, handler));
        return this;
    }

    /** Messages of QoS 1 and 2 that the broker may have unacknowledged, 1 to 65,535; 65,535 unless set. MQTT 5. */
    public MqttClientBuilder receiveMaximum(int messages) {
        receiveMaximum = inRange("receive maximum", messages, 1, 65_535);
        return this;
    }

    /** Bytes of the largest packet that is taken, 2 (no packet is smaller) to 268,435,460; one that is larger ends the connection. */
    public MqttClientBuilder maximumPacketSize(int bytes) {
        maximumPacketSize = inRange("maximum packet size", bytes, 2, 268_435_460);
        return this;
    }

    /** Topic aliases that the broker may use towards this client, 0 to 65,535; 64 unless set. MQTT 5. */
    public MqttClientBuilder topicAliasMaximum(int aliases) {
        topicAliasMaximum = inRange("topic alias maximum", aliases, 0, 65_535);
        return this;
    }

    /** Topic aliases that this client uses if the broker takes as many, 0 to 65,535; 64 unless set. MQTT 5. */
    public MqttClientBuilder ownTopicAliases(int aliases) {
        ownTopicAliases = inRange("own topic aliases", aliases, 0, 65_535);
        return this;
    }

    /** Acknowledges messages when they arrive, before they are handled: what a crash finds unhandled is then lost. */
    public MqttClientBuilder acknowledgeOnArrival(boolean onArrival) {
        acknowledgeOnArrival = onArrival;
        return this;
    }

    /** How much may wait for the handlers before the client stops reading; 8,192 messages and packets of 16 MiB unless set. */
    public MqttClientBuilder inbox(int messages, long bytes) {
        inboxMessages = inRange("inbox messages", messages, 1, 1 << 24);
        inboxBytes = bytes;
        return this;
    }

    /**
     * Where handlers, listeners and what depends on futures run; shared virtual threads (JDK 24) or a pool that grows unless set. A
     * task that it refuses runs on one of those.
     */
    public MqttClientBuilder executor(Executor newExecutor) {
        executor = newExecutor;
        return this;
    }

    /**
     * Runs handlers, and what depends on futures, on the event loop: the shortest way, for code that never blocks. Blocking
     * calls of this library made there are refused.
     */
    public MqttClientBuilder handlersOnEventLoop() {
        onEventLoop = true;
        return this;
    }

    /** Adds an observer. */
    public MqttClientBuilder listener(ClientListener listener) {
        listeners.add(listener);
        return this;
    }

    // ---- time ----

    /** How long to wait for CONNACK; 10 seconds unless set. */
    public MqttClientBuilder connackTimeout(Duration limit) {
        connackTimeout = positive("CONNACK time limit", limit);
        return this;
    }

    /** How long a blocking call takes at most; 30 seconds unless set. */
    public MqttClientBuilder callTimeout(Duration limit) {
        callTimeout = positive("call time limit", limit);
        return this;
    }

    /** How long publishes in flight may take to end when the client disconnects or closes; 5 seconds unless set. */
    public MqttClientBuilder closeTimeout(Duration limit) {
        closeTimeout = positive("close time limit", limit);
        return this;
    }

    /** Milliseconds since 1970, for expiry times in a session store; the system's clock unless set. */
    public MqttClientBuilder wallClock(LongSupplier milliseconds) {
        wallClock = milliseconds;
        return this;
    }

    // ----

    /**
     * The client, not connected yet.
     *
     * @throws IllegalArgumentException when something does not fit together; the message says what
     * @throws MqttStoreException when the session store cannot be opened
     */
    public MqttClient build() {
        if (!anyServer) {
            throw new IllegalArgumentException("no server is named: builder.server(\"mqtt://host\")");
        }
        String id = clientId != null ? clientId : inventedId();
        checkClientId(id);
        Transport through = transport != null ? transport : NettyTransport.shared();
        EventLoop loop = through.nextLoop();
        long epochOffset = wallClock.getAsLong() * 1_000_000L - loop.nanoTime();
        return new RealMqttClient(new ClientConfig(
                transportOptions(),
                through,
                loop,
                version,
                id,
                isClean(),
                keepAlive,
                credentials,
                will,
                connectProperties(),
                authenticator,
                reconnect,
                retryFirst,
                followRedirects,
                store,
                new SessionConfig(
                        version,
                        queue,
                        maximumInFlight,
                        maximumInFlightQos2(),
                        sessionLoss,
                        receiveMaximum,
                        maximumPacketSize,
                        topicAliasMaximum,
                        ownTopicAliases,
                        acknowledgeOnArrival,
                        epochOffset),
                connackTimeout,
                callTimeout,
                closeTimeout,
                inboxMessages,
                inboxBytes,
                executor != null ? executor : HandlerThreads.shared(),
                executor != null && transport != null ? executor : HandlerThreads.background(),
                onEventLoop,
                List.copyOf(handlers),
                List.copyOf(listeners)));
    }

    private TransportOptions transportOptions() {
        TransportOptions options = road.build();
        boolean webSocket =
                options.servers().stream().anyMatch(server -> server.scheme().isWebSocket());
        if (version != ProtocolVersion.V3_1 || !webSocket || options.webSocket().subprotocol() != null) {
            return options;
        }
        return options.toBuilder()
                .webSocket(
                        options.webSocket().toBuilder().subprotocol("mqttv3.1").build())
                .build();
    }

    private String inventedId() {
        if (store != null) {
            throw new IllegalArgumentException(
                    "a session store needs a client identifier that stays the same: builder.clientId(...)");
        }
        return "godwit-" + UUID.randomUUID().toString().substring(0, 13);
    }

    private void checkClientId(String id) {
        if (version == ProtocolVersion.V3_1 && (id.isEmpty() || id.length() > 23)) {
            throw new IllegalArgumentException(
                    "client identifier '" + id + "' has " + id.length() + " characters; MQTT 3.1 takes 1 to 23");
        }
        if (id.isEmpty() && version == ProtocolVersion.V3_1_1 && !isClean()) {
            throw new IllegalArgumentException(
                    "an empty client identifier needs a clean session on MQTT 3.1.1 [MQTT-3.1.3-7]");
        }
    }

    private boolean isClean() {
        return cleanSession != null ? cleanSession : store == null;
    }

    private MqttProperties connectProperties() {
        if (version != ProtocolVersion.V5) {
            return MqttProperties.NONE;
        }
        MqttProperties properties = connectProperties;
        if (!isClean() && !properties.has(Property.SESSION_EXPIRY_INTERVAL)) {
            properties = properties.with(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL);
        }
        if (receiveMaximum != 65_535) {
            properties = properties.with(Property.RECEIVE_MAXIMUM, receiveMaximum);
        }
        if (maximumPacketSize != 268_435_460) {
            properties = properties.with(Property.MAXIMUM_PACKET_SIZE, (long) maximumPacketSize);
        }
        if (topicAliasMaximum > 0) {
            properties = properties.with(Property.TOPIC_ALIAS_MAXIMUM, topicAliasMaximum);
        }
        return properties;
    }

    private static int inRange(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is out of range: " + least + " to " + most);
        }
        return value;
    }

    private static Duration positive(String what, Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("the " + what + " must be positive, not " + limit);
        }
        return limit;
    }
}
