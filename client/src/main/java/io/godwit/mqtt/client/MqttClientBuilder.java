package io.godwit.mqtt.client;

import io.godwit.mqtt.client.engine.ClientConfig;
import io.godwit.mqtt.client.engine.ConnectPackets;
import io.godwit.mqtt.client.engine.HandlerThreads;
import io.godwit.mqtt.client.engine.RealMqttClient;
import io.godwit.mqtt.client.engine.RegisteredHandler;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.client.session.SessionConfig;
import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.transport.Cancellable;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.netty.SharedTransport;
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
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link MqttClient}. Rejects invalid settings and combinations; the message says how to fix them. Not thread-safe.
 */
public final class MqttClientBuilder {
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofSeconds(65_535);
    private static final Duration LONGEST_LIMIT = Duration.ofDays(365);

    // Defaults.
    private static final int INBOX_SHARE = 32;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
    private static final Reconnect RECONNECT = Reconnect.exponential(Duration.ofSeconds(1), Duration.ofMinutes(2));
    private static final long INBOX_BYTES = ofHeap(16L * 1024 * 1024, INBOX_SHARE);
    private static final Duration CONNACK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int RECEIVE_MAXIMUM = 65_535;
    /** What MQTT can express. */
    private static final int LARGEST_PACKET = 268_435_460;
    /** A packet takes its size once or twice while it is read and handled, and is not the only thing in the heap. */
    private static final int PACKET_SHARE = 8;

    private static final int MAXIMUM_PACKET_SIZE = (int) Math.max(1 << 20, ofHeap(LARGEST_PACKET, PACKET_SHARE));
    private static final int TOPIC_ALIASES = 64;
    private static final int IN_FLIGHT = 1024;

    /** As many messages of QoS 2 as Mosquitto accepts at a time. */
    private static final int QOS_2_IN_FLIGHT = 20;

    // The groups of settings of a builder that was given none: most clients have some of these, and share them.
    private static final MqttClientBuilder DEFAULTS = new MqttClientBuilder();
    private static final ClientConfig.Recovery COMMON_RECOVERY = DEFAULTS.recovery();
    private static final ClientConfig.Limits COMMON_LIMITS = DEFAULTS.limits();
    private static final ClientConfig.Dispatch COMMON_DISPATCH = DEFAULTS.dispatch(HandlerThreads.background());
    private static final SessionConfig.Receiving COMMON_RECEIVING = DEFAULTS.receiving();

    // Network.
    private final List<ServerAddress> servers = new ArrayList<>(1);
    private @Nullable TransportOptions options;
    private @Nullable Tls tls;
    private @Nullable ProxyServer proxy;
    private @Nullable WebSocketOptions webSocket;
    private @Nullable Duration connectTimeout;
    private boolean daemon;
    /** Null for sockets. Set by engine.TransportAccess too. */
    private @Nullable Transport transport;

    // CONNECT.
    private ProtocolVersion version = ProtocolVersion.V3_1_1;
    private @Nullable String clientId;
    private @Nullable Boolean cleanSession;
    private Duration keepAlive = KEEP_ALIVE;
    private @Nullable Supplier<? extends @Nullable Credentials> credentials;
    private @Nullable Message will;
    private MqttProperties connectProperties = MqttProperties.NONE;
    private @Nullable Authenticator authenticator;

    // Recovery.
    private Reconnect reconnect = RECONNECT;
    private boolean retryFirst;
    private Redirects redirects = Redirects.never();
    private @Nullable SessionStore store;

    // Sending; null: not set.
    private QueueBounds queue = QueueBounds.defaults();
    private @Nullable Integer maximumInFlight;
    private SessionLoss sessionLoss = SessionLoss.RESEND;
    private @Nullable Integer ownTopicAliases;
    private boolean dropsProperties;

    // Receiving; null: not set.
    private final List<RegisteredHandler> handlers = new ArrayList<>();
    private HandlerOptions handlerOptions = HandlerOptions.defaults();
    private @Nullable Integer receiveMaximum;
    private int receiveTolerance;
    private @Nullable Integer maximumPacketSize;
    private @Nullable Integer topicAliasMaximum;
    private boolean acknowledgeOnArrival;
    private UnhandledPolicy unhandled = UnhandledPolicy.acknowledge();
    private int inboxMessages = 8192;
    private long inboxBytes = INBOX_BYTES;
    private @Nullable Executor executor;
    private boolean onEventLoop;
    private boolean busyPolling;
    private final List<ClientListener> listeners = new ArrayList<>();
    private boolean logging = true;

    // Time.
    private Duration connackTimeout = CONNACK_TIMEOUT;
    private Duration callTimeout = CALL_TIMEOUT;
    private Duration closeTimeout = CLOSE_TIMEOUT;
    private LongSupplier wallClock = System::currentTimeMillis;

    MqttClientBuilder() {}

    // ---- network ----

    /**
     * Adds a server; several are tried in order. {@code mqtt://}, {@code mqtts://}, {@code ws://}, {@code wss://} or
     * {@code mqtt+unix:///path}, or host and port alone. A user and password in the address are for this server only, and take
     * precedence over {@link #credentials} there.
     *
     * @throws IllegalArgumentException if the address is invalid; the message says what is wrong
     */
    public MqttClientBuilder server(String address) {
        servers.add(ServerAddress.parse(address));
        return this;
    }

    /** The TLS options for {@code mqtts://} and {@code wss://} servers; {@link Tls#system()} by default. */
    public MqttClientBuilder tls(Tls newTls) {
        tls = Objects.requireNonNull(newTls, "tls");
        return this;
    }

    /** The proxy to connect through; none by default. */
    public MqttClientBuilder proxy(ProxyServer newProxy) {
        proxy = Objects.requireNonNull(newProxy, "proxy");
        return this;
    }

    /**
     * The proxy to connect through, such as {@code http://user:password@host:3128} or {@code socks5://host}; none by default.
     *
     * @throws IllegalArgumentException if the address is invalid, see {@link ProxyServer#parse}
     */
    public MqttClientBuilder proxy(String address) {
        return proxy(ProxyServer.parse(address));
    }

    /** Sub-protocol, headers and signed URLs for {@code ws://} and {@code wss://} servers. */
    public MqttClientBuilder webSocket(WebSocketOptions newWebSocket) {
        webSocket = Objects.requireNonNull(newWebSocket, "webSocket");
        return this;
    }

    /**
     * The time limit for connecting to one address, before TLS and CONNECT; 10 seconds by default.
     *
     * @throws IllegalArgumentException unless more than zero and at most a day
     */
    public MqttClientBuilder connectTimeout(Duration limit) {
        connectTimeout = positive("connect timeout", limit, Duration.ofDays(1));
        return this;
    }

    /**
     * All transport options, for those that have no method here, such as the resolver or SRV records. Its servers are used
     * instead of {@link #server}; {@link #tls}, {@link #proxy}, {@link #webSocket} and {@link #connectTimeout} of this builder
     * may be added, in any order.
     */
    public MqttClientBuilder transport(TransportOptions newOptions) {
        options = Objects.requireNonNull(newOptions, "options");
        return this;
    }

    /**
     * Whether the JVM may end while this client is connected or trying to be; false by default: the JVM keeps running after
     * {@code main} returns, until the last client is disconnected or closed, or {@link System#exit} is called.
     */
    public MqttClientBuilder daemon(boolean isDaemon) {
        daemon = isDaemon;
        return this;
    }

    // ---- CONNECT ----

    /** The protocol version; 3.1.1 by default. The client never falls back to another one. */
    public MqttClientBuilder protocol(ProtocolVersion newVersion) {
        version = Objects.requireNonNull(newVersion, "version");
        return this;
    }

    /**
     * The client identifier. By default {@code godwit-} and random characters. May be empty with 3.1.1 and 5 if the session is
     * clean: the broker then chooses one. 1 to 23 characters with 3.1.
     *
     * @throws IllegalArgumentException if it is not valid UTF-8 of at most 65,535 bytes, or contains U+0000
     */
    public MqttClientBuilder clientId(String newClientId) {
        clientId = Utf8.check("client identifier", newClientId);
        return this;
    }

    /**
     * Whether each connection starts a new session (clean session of 3.1 and 3.1.1, clean start of 5). By default true, and false
     * with a {@link #store}. With MQTT 5 a session that is not clean never expires, as with the older versions, unless
     * {@link #sessionExpiry} says otherwise. If false, {@link #clientId} must be set, and several servers must share their
     * sessions.
     */
    public MqttClientBuilder cleanSession(boolean clean) {
        cleanSession = clean;
        return this;
    }

    /**
     * The longest time without a packet before a ping is sent; 60 seconds by default, zero disables it. A dead connection is
     * detected within 1.5 times that [MQTT-3.1.2-22].
     *
     * @throws IllegalArgumentException unless whole seconds, 0 to 65,535
     */
    public MqttClientBuilder keepAlive(Duration interval) {
        if (interval.isNegative() || interval.compareTo(LONGEST_KEEP_ALIVE) > 0 || interval.getNano() != 0) {
            throw new IllegalArgumentException(
                    "invalid keep alive " + interval + ": must be whole seconds from 0 (off) to 65,535");
        }
        keepAlive = interval;
        return this;
    }

    /**
     * User name and password for servers whose address contains none.
     *
     * @param password null for a user name alone
     */
    public MqttClientBuilder credentials(String username, @Nullable String password) {
        Credentials fixed = Credentials.of(username, password);
        return credentials(() -> fixed);
    }

    /**
     * Supplies the credentials for servers whose address contains none. Called before each attempt, on a thread that no handler
     * can occupy; may block. Null for no credentials.
     */
    public MqttClientBuilder credentials(@Nullable Supplier<? extends @Nullable Credentials> supplier) {
        credentials = supplier;
        return this;
    }

    /**
     * The message that the broker publishes if this client ends without DISCONNECT, section 3.1.2.5. Null for none.
     *
     * @throws IllegalArgumentException if its topic is invalid, its payload is longer than 65,535 bytes, or a will cannot have
     *     one of its properties
     */
    public MqttClientBuilder will(@Nullable Message message) {
        if (message != null) {
            TopicName.check(message.topic());
            if (message.payload().length > 65_535) {
                throw new IllegalArgumentException("the will's payload has " + message.payload().length
                        + " bytes: must be at most 65,535 (section 3.1.3.3)");
            }
            message.properties().forEach((property, value) -> {
                if (!property.allowedIn(Property.Location.WILL)) {
                    throw new IllegalArgumentException(
                            "a will has no property " + property.name() + " (section 3.1.3.2)");
                }
            });
        }
        will = message;
        return this;
    }

    /**
     * How long the broker keeps the session after a connection has ended; MQTT 5. 4,294,967,295 seconds mean forever.
     *
     * @throws IllegalArgumentException unless whole seconds, 0 to 4,294,967,295
     */
    public MqttClientBuilder sessionExpiry(Duration expiry) {
        if (expiry.isNegative() || expiry.toSeconds() > 0xFFFF_FFFFL || expiry.getNano() != 0) {
            throw new IllegalArgumentException("invalid session expiry " + expiry
                    + ": must be whole seconds from 0 to 4,294,967,295 (MQTT 5, 3.1.2.11.2)");
        }
        return property(Property.SESSION_EXPIRY_INTERVAL, expiry.toSeconds());
    }

    /** Adds a user property to CONNECT; MQTT 5. */
    public MqttClientBuilder userProperty(String name, String value) {
        connectProperties = connectProperties.and(Property.USER_PROPERTY, new UserProperty(name, value));
        return this;
    }

    /**
     * Sets any property of CONNECT; null removes it. MQTT 5. Those that have a method of their own do the same as the method.
     *
     * @throws IllegalArgumentException if CONNECT has no such property, or the value is out of range
     */
    public <T> MqttClientBuilder property(Property<T> property, @Nullable T value) {
        if (!property.allowedIn(Property.Location.CONNECT)) {
            throw new IllegalArgumentException(
                    "CONNECT has no property " + property.name() + " (MQTT 5, section 3.1.2.11)");
        }
        if (property == Property.AUTHENTICATION_METHOD || property == Property.AUTHENTICATION_DATA) {
            throw new IllegalArgumentException(
                    property.name() + " is set by the authenticator: use authenticator(...)");
        }
        if (value instanceof Number number
                && (number.longValue() < property.minimum() || number.longValue() > property.maximum())) {
            throw new IllegalArgumentException("invalid value " + value + " of " + property.name() + ": must be "
                    + property.minimum() + " to " + property.maximum());
        }
        if (property == Property.RECEIVE_MAXIMUM) {
            receiveMaximum = (Integer) value;
        } else if (property == Property.TOPIC_ALIAS_MAXIMUM) {
            topicAliasMaximum = (Integer) value;
        } else if (property == Property.MAXIMUM_PACKET_SIZE) {
            maximumPacketSize = value == null ? null : (int) Math.min((Long) value, LARGEST_PACKET);
        } else {
            connectProperties = connectProperties.with(property, value);
        }
        return this;
    }

    /** Extended authentication; MQTT 5. Null for none. */
    public MqttClientBuilder authenticator(@Nullable Authenticator newAuthenticator) {
        authenticator = newAuthenticator;
        return this;
    }

    // ---- recovery ----

    /** When to reconnect; {@link Reconnect#exponential exponential} from 1 second to 2 minutes by default. */
    public MqttClientBuilder reconnect(Reconnect policy) {
        reconnect = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /** Whether a first attempt that fails is repeated like a reconnect; false by default: the failure is reported. */
    public MqttClientBuilder retryFirst(boolean retry) {
        retryFirst = retry;
        return this;
    }

    /** Whether the broker may send the client to another server, MQTT 5 section 4.11; {@link Redirects#never()} by default. */
    public MqttClientBuilder redirects(Redirects policy) {
        redirects = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /** Keeps the session where it survives the client, or the process. {@link #clientId} must be set. */
    public MqttClientBuilder store(SessionStore newStore) {
        store = Objects.requireNonNull(newStore, "store");
        return this;
    }

    // ---- sending ----

    /**
     * Bounds of the queue of waiting publishes; {@link QueueBounds#defaults} if not set: 65,536 messages and 64 MiB, but at most
     * an eighth of the heap, and new ones fail when it is full.
     *
     * @throws IllegalArgumentException if a bound is negative
     */
    public MqttClientBuilder queue(int messages, long bytes, WhenFull whenFull) {
        queue = new QueueBounds(messages, bytes, Objects.requireNonNull(whenFull, "whenFull"));
        return this;
    }

    /**
     * How many publishes of QoS 1 and 2 may be in flight. A broker of MQTT 5 may allow fewer [MQTT-3.3.4-7]. By default 1,024,
     * but before MQTT 5 no more than 20 of QoS 2: there the broker cannot announce its limit, and Mosquitto 2.0.11 acknowledges
     * what exceeds its own (20 by default) and drops it.
     *
     * @throws IllegalArgumentException unless 1 to 65,535
     */
    public MqttClientBuilder maximumInFlight(int publishes) {
        maximumInFlight = inRange("maximum in flight", publishes, 1, 65_535);
        return this;
    }

    /** What becomes of publishes in flight when the broker has lost the session; {@link SessionLoss#RESEND} by default. */
    public MqttClientBuilder onSessionLoss(SessionLoss policy) {
        sessionLoss = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * How many topic aliases this client uses if the broker allows as many; 64 by default. MQTT 5.
     *
     * @throws IllegalArgumentException unless 0 to 65,535
     */
    public MqttClientBuilder ownTopicAliases(int aliases) {
        ownTopicAliases = inRange("own topic aliases", aliases, 0, 65_535);
        return this;
    }

    /**
     * Whether a message with properties of MQTT 5 may be published without them over an older version; false by default: such a
     * publish fails. Also applies to the will.
     */
    public MqttClientBuilder dropPropertiesBeforeMqtt5(boolean drop) {
        dropsProperties = drop;
        return this;
    }

    // ---- receiving ----

    /**
     * Declares a handler before the client connects, so that no message of a resumed session arrives before its handler. Does not
     * subscribe.
     */
    public MqttClientBuilder handler(String filter, MessageHandler handler) {
        return handler(filter, HandlerOptions.defaults(), handler);
    }

    /** Like {@link #handler(String, MessageHandler)}, with options of its own. */
    public MqttClientBuilder handler(String filter, HandlerOptions options, MessageHandler handler) {
        handlers.add(RegisteredHandler.automatic(TopicFilter.of(filter), options, handler));
        return this;
    }

    /** Like {@link #handler(String, MessageHandler)}, with a handler that acknowledges manually. */
    public MqttClientBuilder manualHandler(String filter, ManualHandler handler) {
        handlers.add(RegisteredHandler.manual(TopicFilter.of(filter), HandlerOptions.defaults(), handler));
        return this;
    }

    /** Like {@link #handler(String, MessageHandler)}, for batches: see {@link MqttClient#subscribeBatches}. */
    public MqttClientBuilder batchHandler(
            String filter, HandlerOptions options, int most, Duration linger, BatchHandler handler) {
        handlers.add(RegisteredHandler.batches(TopicFilter.of(filter), options, most, linger, handler));
        return this;
    }

    /** How handlers are called, and what becomes of a message whose handler throws, unless their own options say more. */
    public MqttClientBuilder handlerOptions(HandlerOptions options) {
        handlerOptions = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * How many messages of QoS 1 and 2 the broker may have unacknowledged; 65,535 by default. MQTT 5.
     *
     * @throws IllegalArgumentException unless 1 to 65,535
     */
    public MqttClientBuilder receiveMaximum(int messages) {
        receiveMaximum = inRange("receive maximum", messages, 1, 65_535);
        return this;
    }

    /**
     * How many messages more than {@link #receiveMaximum} are accepted; 0 by default: a broker that sends more breaks the protocol
     * [MQTT-3.3.4-9], and the connection ends. Mosquitto 2.0 now and then miscounts, above all when it resumes a session, and
     * would do so on each connection again. MQTT 5.
     *
     * @throws IllegalArgumentException unless 0 to 65,535
     */
    public MqttClientBuilder receiveMaximumTolerance(int messages) {
        receiveTolerance = inRange("receive maximum tolerance", messages, 0, 65_535);
        return this;
    }

    /**
     * The size of the largest packet that is accepted; a larger one ends the connection. By default an eighth of the heap, at
     * least 1 MiB and at most 268,435,460, the largest that MQTT can express. With MQTT 5 a limit below that is announced in
     * CONNECT, and the broker leaves out larger messages [MQTT-3.1.2-25]. Before, such a message comes again with each
     * connection of a session that is kept: raise the limit, or unsubscribe.
     *
     * @throws IllegalArgumentException unless 2 (no packet is smaller) to 268,435,460
     */
    public MqttClientBuilder maximumPacketSize(int bytes) {
        maximumPacketSize = inRange("maximum packet size", bytes, 2, LARGEST_PACKET);
        return this;
    }

    /**
     * How many topic aliases the broker may use towards this client; 64 by default. MQTT 5.
     *
     * @throws IllegalArgumentException unless 0 to 65,535
     */
    public MqttClientBuilder topicAliasMaximum(int aliases) {
        topicAliasMaximum = inRange("topic alias maximum", aliases, 0, 65_535);
        return this;
    }

    /** Acknowledges messages on arrival, before they are handled: if the process crashes, unhandled messages are lost. */
    public MqttClientBuilder acknowledgeOnArrival(boolean onArrival) {
        acknowledgeOnArrival = onArrival;
        return this;
    }

    /** What becomes of messages that no handler wants; {@link UnhandledPolicy#acknowledge()} by default. */
    public MqttClientBuilder onUnhandled(UnhandledPolicy policy) {
        unhandled = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * How much may wait for the handlers before the client stops reading; by default 8,192 messages and 16 MiB of packets, but at
     * most a thirty-second of the heap.
     *
     * @throws IllegalArgumentException unless 1 to 16,777,216 messages and at least 1 byte
     */
    public MqttClientBuilder inbox(int messages, long bytes) {
        inboxMessages = inRange("inbox messages", messages, 1, 1 << 24);
        if (bytes < 1) {
            throw new IllegalArgumentException("invalid inbox bytes " + bytes + ": must be at least 1");
        }
        inboxBytes = bytes;
        return this;
    }

    /**
     * Runs handlers, listeners and dependents of futures; by default shared virtual threads (JDK 24) or a pool that grows. A task
     * that the executor rejects, or for which it throws an error, runs on one of those.
     */
    public MqttClientBuilder executor(Executor newExecutor) {
        executor = Objects.requireNonNull(newExecutor, "executor");
        return this;
    }

    /**
     * Runs handlers and dependents of futures on the event loop: the lowest latency, for code that never blocks. Blocking calls
     * of this library are rejected there.
     */
    public MqttClientBuilder handlersOnEventLoop() {
        onEventLoop = true;
        return this;
    }

    /**
     * The event loop never sleeps: it looks for what the broker has sent again and again, and runs handlers as {@link
     * #handlersOnEventLoop} says. The lowest latency, for one processor that is always busy: all such clients of the JVM share one
     * event loop, from when the first is built until the last is closed. Only for a machine with processors to spare, and with epoll:
     * on other systems than Linux {@link #build} rejects it.
     */
    public MqttClientBuilder busyPolling() {
        busyPolling = true;
        return handlersOnEventLoop();
    }

    /** Adds a listener. A {@link MessageListener} hears of each message too. */
    public MqttClientBuilder listener(ClientListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Whether connections, failures and pressure are logged, to the SLF4J logger {@code io.godwit.mqtt.client.MqttClient} at INFO and WARN:
     * one line for each change, with the client identifier; repetitions are counted. On by default; a client that is built
     * while that logger is off stays silent.
     */
    public MqttClientBuilder logging(boolean on) {
        logging = on;
        return this;
    }

    // ---- time ----

    /**
     * How long to wait for CONNACK; 10 seconds by default.
     *
     * @throws IllegalArgumentException unless more than zero and at most 365 days
     */
    public MqttClientBuilder connackTimeout(Duration limit) {
        connackTimeout = positive("CONNACK timeout", limit, LONGEST_LIMIT);
        return this;
    }

    /**
     * How long a blocking call may take, and how long the client waits for a supplier or policy of the application; 30 seconds
     * by default.
     *
     * @throws IllegalArgumentException unless more than zero and at most 365 days
     */
    public MqttClientBuilder callTimeout(Duration limit) {
        callTimeout = positive("call timeout", limit, LONGEST_LIMIT);
        return this;
    }

    /**
     * How long publishes in flight may take to complete when the client disconnects or closes; 5 seconds by default.
     *
     * @throws IllegalArgumentException unless more than zero and at most 365 days
     */
    public MqttClientBuilder closeTimeout(Duration limit) {
        closeTimeout = positive("close timeout", limit, LONGEST_LIMIT);
        return this;
    }

    /** Milliseconds since 1970, for expiry times in a session store; the system's clock by default. */
    public MqttClientBuilder wallClock(LongSupplier milliseconds) {
        wallClock = Objects.requireNonNull(milliseconds, "milliseconds");
        return this;
    }

    // ---- build ----

    /**
     * Creates the client, not connected yet.
     *
     * @throws IllegalArgumentException if settings contradict each other; the message says how to fix them
     * @throws IllegalStateException if the Netty on the class path cannot be used; the message says what to put into the build
     * @throws MqttStoreException if the session store cannot be opened
     */
    public MqttClient build() {
        check();
        Transport shared = busyPolling ? SharedTransport.busy() : SharedTransport.get();
        Transport through = transport != null ? transport : shared;
        TransportOptions network = transportOptions();
        through.check(network);
        Cancellable transportUse = through.retain();
        // With both, as in a simulation, no thread of ours calls the application.
        Executor background = executor != null && transport != null ? executor : HandlerThreads.background();
        Cancellable threadUse = background == executor ? () -> {} : HandlerThreads.retain();
        Cancellable use = () -> {
            threadUse.cancel();
            transportUse.cancel();
        };
        try {
            return build(through, network, use, background);
        } catch (RuntimeException | Error failure) {
            use.cancel();
            throw failure;
        }
    }

    private MqttClient build(Transport through, TransportOptions network, Cancellable use, Executor background) {
        EventLoop loop = through.nextLoop();
        ClientConfig.Login login = new ClientConfig.Login(
                version,
                clientId != null
                        ? clientId
                        : "godwit-" + UUID.randomUUID().toString().substring(0, 13),
                isClean(),
                keepAlive,
                credentials,
                dropsProperties && !isVersion5() && will != null ? will.withProperties(MqttProperties.NONE) : will,
                connectProperties(),
                authenticator);
        ConnectPackets.check(login);
        RealMqttClient client = new RealMqttClient(new ClientConfig(
                new ClientConfig.Network(network, through, use, loop, daemon),
                login,
                recovery().orCommon(COMMON_RECOVERY),
                sessionConfig(wallClock.getAsLong() * 1_000_000L - loop.nanoTime()),
                limits().orCommon(COMMON_LIMITS),
                dispatch(background).orCommon(COMMON_DISPATCH)));
        client.tellBuilt();
        return client;
    }

    private ClientConfig.Recovery recovery() {
        return new ClientConfig.Recovery(reconnect, retryFirst, redirects, store);
    }

    private ClientConfig.Limits limits() {
        return new ClientConfig.Limits(connackTimeout, callTimeout, closeTimeout, inboxMessages, inboxBytes);
    }

    private ClientConfig.Dispatch dispatch(Executor background) {
        return new ClientConfig.Dispatch(
                executor != null ? executor : HandlerThreads.shared(),
                background,
                onEventLoop,
                dropsProperties,
                handlerOptions,
                List.copyOf(handlers),
                List.copyOf(listeners),
                logging);
    }

    private SessionConfig.Receiving receiving() {
        return new SessionConfig.Receiving(
                Math.min(RECEIVE_MAXIMUM, or(receiveMaximum, RECEIVE_MAXIMUM) + receiveTolerance),
                or(maximumPacketSize, MAXIMUM_PACKET_SIZE),
                or(topicAliasMaximum, TOPIC_ALIASES),
                acknowledgeOnArrival,
                unhandled.messages(),
                unhandled.longest().toNanos(),
                unhandled.unsubscribes());
    }

    private SessionConfig sessionConfig(long epochOffset) {
        int inFlight = maximumInFlight != null ? maximumInFlight : IN_FLIGHT;
        int inFlightQos2 = maximumInFlight == null && !isVersion5() ? QOS_2_IN_FLIGHT : inFlight;
        return new SessionConfig(
                version,
                new SessionConfig.Sending(
                        queue, inFlight, inFlightQos2, sessionLoss, or(ownTopicAliases, TOPIC_ALIASES)),
                receiving().orCommon(COMMON_RECEIVING),
                epochOffset);
    }

    private TransportOptions transportOptions() {
        TransportOptions.Builder all = options != null
                ? options.toBuilder()
                : TransportOptions.builder().servers(servers);
        if (tls != null) {
            all.tls(tls);
        }
        if (proxy != null) {
            all.proxy(proxy);
        }
        if (webSocket != null) {
            all.webSocket(webSocket);
        }
        if (connectTimeout != null) {
            all.connectTimeout(connectTimeout);
        }
        TransportOptions complete = all.build();
        if (version != ProtocolVersion.V3_1
                || complete.servers().stream()
                        .noneMatch(server -> server.scheme().isWebSocket())
                || complete.webSocket().subprotocol() != null) {
            return complete;
        }
        return complete.toBuilder()
                .webSocket(
                        complete.webSocket().toBuilder().subprotocol("mqttv3.1").build())
                .build();
    }

    // ---- checks ----

    private void check() {
        if (options == null && servers.isEmpty()) {
            throw new IllegalArgumentException("no server address: add one with server(\"mqtt://host\")");
        }
        checkSetOnce("server(...)", !servers.isEmpty(), options != null);
        checkSetOnce("tls(...)", tls != null, options != null && options.tls().isConfigured());
        checkSetOnce(
                "proxy(...)", proxy != null, options != null && (options.proxy() != null || options.systemProxy()));
        checkSetOnce(
                "webSocket(...)",
                webSocket != null,
                options != null && options.webSocket() != WebSocketOptions.defaults());
        String onLoop = busyPolling ? "busyPolling()" : "handlersOnEventLoop()";
        if (onEventLoop && executor != null && transport == null) {
            throw new IllegalArgumentException(
                    onLoop + " and executor(...) are both set: remove one, handlers run in one place only");
        }
        if (onEventLoop && handlerOptions.concurrency() > 1) {
            throw new IllegalArgumentException(onLoop + " and a concurrency of " + handlerOptions.concurrency()
                    + " are both set: remove one, the event loop is one thread");
        }
        checkSession();
        if (!isVersion5()) {
            checkNothingOfVersion5();
        }
    }

    private static void checkSetOnce(String what, boolean here, boolean inOptions) {
        if (here && inOptions) {
            throw new IllegalArgumentException(
                    what + " is set, and transport(...) contains it too: remove one of them");
        }
    }

    private void checkSession() {
        boolean clean = isClean();
        if (!clean && (clientId == null || clientId.isEmpty())) {
            throw new IllegalArgumentException((store != null ? "a session store" : "a session that is not clean")
                    + " needs a client identifier that stays the same: set clientId(...)");
        }
        if (version == ProtocolVersion.V3_1 && clientId != null && (clientId.isEmpty() || clientId.length() > 23)) {
            throw new IllegalArgumentException("the client identifier '" + clientId + "' has " + clientId.length()
                    + " characters: MQTT 3.1 requires 1 to 23");
        }
    }

    private void checkNothingOfVersion5() {
        if (!connectProperties.isEmpty()) {
            throw onlyVersion5(connectProperties.property(0) + " of CONNECT");
        }
        if (receiveMaximum != null) {
            throw onlyVersion5("receiveMaximum(...)");
        }
        if (topicAliasMaximum != null) {
            throw onlyVersion5("topicAliasMaximum(...)");
        }
        if (ownTopicAliases != null) {
            throw onlyVersion5("ownTopicAliases(...)");
        }
        if (authenticator != null) {
            throw onlyVersion5("authenticator(...)");
        }
        if (redirects.isFollowed()) {
            throw onlyVersion5("redirects(...)");
        }
        if (will != null && !will.properties().isEmpty() && !dropsProperties) {
            throw new IllegalArgumentException("the will has properties, which MQTT " + version
                    + " doesn't have: set protocol(ProtocolVersion.V5), remove them, or allow dropping them with"
                    + " dropPropertiesBeforeMqtt5(true)");
        }
    }

    private IllegalArgumentException onlyVersion5(String setting) {
        return new IllegalArgumentException(setting + " is set, but MQTT " + version
                + " doesn't have it: set protocol(ProtocolVersion.V5), or remove the setting");
    }

    private boolean isVersion5() {
        return version == ProtocolVersion.V5;
    }

    private boolean isClean() {
        return cleanSession != null ? cleanSession : store == null;
    }

    private MqttProperties connectProperties() {
        if (!isVersion5()) {
            return MqttProperties.NONE;
        }
        MqttProperties properties = connectProperties;
        if (!isClean() && !properties.has(Property.SESSION_EXPIRY_INTERVAL)) {
            properties = properties.with(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL);
        }
        if (or(receiveMaximum, RECEIVE_MAXIMUM) != RECEIVE_MAXIMUM) {
            properties = properties.with(Property.RECEIVE_MAXIMUM, receiveMaximum);
        }
        int largest = or(maximumPacketSize, MAXIMUM_PACKET_SIZE);
        if (largest != LARGEST_PACKET) {
            properties = properties.with(Property.MAXIMUM_PACKET_SIZE, (long) largest);
        }
        if (or(topicAliasMaximum, TOPIC_ALIASES) > 0) {
            properties = properties.with(Property.TOPIC_ALIAS_MAXIMUM, or(topicAliasMaximum, TOPIC_ALIASES));
        }
        return properties;
    }

    /** So many bytes, or less if that is more than its share of the largest heap that this JVM may have. */
    private static long ofHeap(long bytes, int share) {
        return Math.min(bytes, Runtime.getRuntime().maxMemory() / share);
    }

    private static int or(@Nullable Integer value, int absent) {
        return value != null ? value : absent;
    }

    private static int inRange(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("invalid " + what + " " + value + ": must be " + least + " to " + most);
        }
        return value;
    }

    private static Duration positive(String what, Duration limit, Duration longest) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(longest) > 0) {
            throw new IllegalArgumentException("invalid " + what + " " + limit + ": must be more than zero and at most "
                    + longest.toDays() + (longest.toDays() == 1 ? " day" : " days"));
        }
        return limit;
    }
}
