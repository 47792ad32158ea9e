package io.godwit.nodemcu;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client as NodeMCU's {@code mqtt} module makes it: {@code mqtt.Client(...)} and what can be called on it, with the
 * module's defaults, callback rules and reason codes. The protocol is {@link io.godwit.mqtt.client.MqttClient}'s.
 *
 * <pre>{@code
 * Mqtt m = Mqtt.client("clientid", 120, "user", "password");
 * m.lwt("/lwt", "offline");
 * m.on("message", (client, topic, data) -> System.out.println(topic + " " + data.length));
 * m.connect("192.168.11.118", 1883, Secure.off(), false,
 *         client -> client.subscribe("/topic", 0, c -> c.publish("/topic", "hello", 0, false)),
 *         (client, reason) -> System.out.println("failed reason: " + reason));
 * }</pre>
 *
 * <p>Methods may be called from any thread and from any callback; none blocks. Callbacks run one at a time, never inside
 * a call, and see the state after their event: in {@code offline}, {@link #publish} is already false.
 */
public final class Mqtt {

    public static final int CONN_FAIL_SERVER_NOT_FOUND = -5;
    public static final int CONN_FAIL_NOT_A_CONNACK_MSG = -4;
    public static final int CONN_FAIL_DNS = -3;
    public static final int CONN_FAIL_TIMEOUT_RECEIVING = -2;
    public static final int CONN_FAIL_TIMEOUT_SENDING = -1;
    public static final int CONNACK_ACCEPTED = 0;
    public static final int CONNACK_REFUSED_PROTOCOL_VER = 1;
    public static final int CONNACK_REFUSED_ID_REJECTED = 2;
    public static final int CONNACK_REFUSED_SERVER_UNAVAILABLE = 3;
    public static final int CONNACK_REFUSED_BAD_USER_OR_PASS = 4;
    public static final int CONNACK_REFUSED_NOT_AUTHORIZED = 5;
    /** What the code of the ESP32 reports for every failure. */
    static final int STRICT_FAILURE = -6;

    // Set once.
    private final MqttSettings settings;
    private final String clientId;
    private final int keepalive;
    private final @Nullable String username;
    private final byte @Nullable [] password;
    private final boolean cleanSession;
    private final Executor events;
    private final CompletionOrder order;
    private final MqttSettings.Timer timer;
    private final UnpluggableTransport transport;
    private final MqttWarnings warnings;
    private final MqttCallbacks callbacks;
    private final MqttOperations operations;
    private final IncomingMessages incoming;
    private final int maxMessageLength;

    // Guarded by the lock; callbacks run outside it.
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Message will;
    private @Nullable DeviceConnection connection;
    private CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);

    // Any thread.
    private volatile @Nullable ConnectFailure lastFailure;
    private volatile boolean sessionPresent;
    private volatile Observer observer = NO_OBSERVER;

    /** Receives the reason of a failed first connection: one of the constants of {@link Mqtt}. */
    @FunctionalInterface
    public interface Failed {
        void failed(Mqtt client, int reason);
    }

    /** Receives a message; {@code data} is null if the payload is empty. */
    @FunctionalInterface
    public interface MessageCallback {
        void message(Mqtt client, String topic, byte @Nullable [] data);
    }

    /** Follows what happens on the network; called on the executor of callbacks, before them unless it says otherwise. */
    public interface Observer {
        default void connected() {}

        default void disconnected() {}

        default void published() {}

        default void received() {}

        /**
         * An attempt that no other follows has failed; called after the callbacks.
         *
         * @param reported whether there was a callback for the reason
         */
        default void failed(int reason, boolean reported) {}
    }

    private static final Observer NO_OBSERVER = new Observer() {};

    private Mqtt(MqttParameters parameters, MqttSettings settings) {
        this.settings = settings;
        this.clientId = parameters.clientId();
        this.keepalive = keepaliveOf(parameters.keepalive(), settings);
        this.username = empty(parameters.username()) ? null : parameters.username();
        this.password =
                parameters.password() == null || parameters.password().length == 0 ? null : parameters.password();
        this.cleanSession = parameters.cleanSession();
        this.maxMessageLength = parameters.maxMessageLength();
        Executor given = settings.environment().executor();
        this.events = given != null ? given : new SerialExecutor();
        this.order = new CompletionOrder(events);
        this.timer = settings.timerOn(events);
        this.transport = new UnpluggableTransport(
                TransportAccess.of(settings.environment().clients().get()));
        this.warnings = new MqttWarnings(settings);
        this.callbacks = new MqttCallbacks(this, settings.profile());
        this.operations = new MqttOperations(this, callbacks);
        this.incoming = new IncomingMessages(this, callbacks, settings.profile(), maxMessageLength, warnings::warn);
        warnings.ofIdentity(clientId, username, password);
    }

    // ---- creation

    public static Mqtt client(String clientId, int keepalive) {
        return client(clientId, keepalive, null, null, true);
    }

    public static Mqtt client(String clientId, int keepalive, @Nullable String username, @Nullable String password) {
        return client(clientId, keepalive, username, password, true);
    }

    /**
     * A client with the settings of {@link MqttSettings#configured()}.
     *
     * @param keepalive seconds, 0 to 65,535
     * @throws IllegalArgumentException if the keepalive is out of range
     */
    public static Mqtt client(
            String clientId,
            int keepalive,
            @Nullable String username,
            @Nullable String password,
            boolean cleanSession) {
        return client(
                new MqttParameters(
                        clientId,
                        keepalive,
                        username,
                        password == null ? null : password.getBytes(StandardCharsets.UTF_8),
                        cleanSession,
                        0),
                MqttSettings.configured());
    }

    public static Mqtt client(MqttParameters parameters, MqttSettings settings) {
        return new Mqtt(parameters, settings);
    }

    private static boolean empty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    private static int keepaliveOf(int seconds, MqttSettings settings) {
        if (seconds < 0 || seconds > 65_535) {
            throw new IllegalArgumentException("invalid keepalive " + seconds + " s: must be 0 to 65535");
        }
        return seconds == 0 ? settings.profile().defaultKeepalive() : seconds;
    }

    MqttWarnings warnings() {
        return warnings;
    }

    MqttSettings settings() {
        return settings;
    }

    Executor events() {
        return events;
    }

    CompletionOrder order() {
        return order;
    }

    MqttSettings.Timer timer() {
        return timer;
    }

    public String clientId() {
        return clientId;
    }

    MqttParameters identity() {
        return new MqttParameters(clientId, keepalive, username, password, cleanSession, maxMessageLength);
    }

    // ---- lwt and on

    /** The will, QoS 0 and not retained. */
    public void lwt(String topic, String message) {
        lwt(topic, message.getBytes(StandardCharsets.UTF_8), 0, false);
    }

    /**
     * Sets the will, which the broker publishes if the connection ends without {@link #close}. Takes effect at the next
     * {@link #connect}.
     *
     * @throws IllegalArgumentException if the topic is not a valid topic name or the QoS is not 0 to 2
     */
    public void lwt(String topic, byte[] message, int qos, boolean retain) {
        TopicName.check(topic);
        Message newWill = settings.profile().isStrict()
                ? Message.of(cut(topic, 32), Arrays.copyOf(message, Math.min(message.length, 128)))
                        .withQos(Qos.AT_MOST_ONCE)
                : Message.of(topic, message).withQos(Qos.of(qos)).withRetain(retain);
        warnings.ofWill(topic, message, qos > 0 || retain);
        boolean late;
        lock.lock();
        try {
            will = newWill;
            late = connection != null;
        } finally {
            lock.unlock();
        }
        if (late) {
            warnings.warn(WarningType.LATE_WILL, "lwt() after connect() takes effect at the next connect()");
        }
    }

    private static String cut(String text, int bytes) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return encoded.length <= bytes ? text : new String(encoded, 0, bytes, StandardCharsets.UTF_8);
    }

    /**
     * Sets the callback of an event: {@code connect}, {@code offline}, {@code message}; {@code overflow}, {@code connfail},
     * {@code puback}, {@code suback} and {@code unsuback} as on an ESP8266. The callback of an event without a message
     * receives an empty topic and null.
     *
     * @throws IllegalArgumentException if there is no such event
     */
    public void on(String event, MessageCallback callback) {
        if (event.equals("message") || event.equals("overflow")) {
            callbacks.set(event, callback);
            warnings.ofEvent(event);
        } else {
            on(event, client -> callback.message(client, "", null));
        }
    }

    /** Sets the callback of an event that carries nothing; see {@link #on(String, MessageCallback)}. */
    public void on(String event, Consumer<Mqtt> callback) {
        callbacks.set(event, callback);
        warnings.ofEvent(event);
    }

    /**
     * Sets the callback of {@code connfail}, which receives the reason of a failed connection unless {@link #connect} was
     * given a function for that. In the profile esp8266 it replaces that function, and the function replaces it.
     *
     * @throws IllegalArgumentException if it is another event
     */
    public void on(String event, Failed callback) {
        if (!event.equals("connfail")) {
            throw new IllegalArgumentException("invalid option '" + event + "': only connfail has a reason");
        }
        callbacks.setFailed(callback);
        warnings.ofEvent(event);
    }

    /** Removes the callback of an event, which the module itself cannot do. */
    public void off(String event) {
        callbacks.set(event, (Consumer<Mqtt>) null);
    }

    /** Sets the one observer. */
    public void observe(Observer newObserver) {
        observer = newObserver;
    }

    // ---- connect and close

    public boolean connect(String host, @Nullable Consumer<Mqtt> connected, @Nullable Failed failed) {
        return connect(host, 1883, Secure.off(), false, connected, failed);
    }

    /**
     * Connects. An existing connection is closed first (profile esp8266: refused).
     *
     * @param autoreconnect reconnects silently when an established connection breaks
     * @param connected called once, when the connection was established, before {@code on("connect")}; null keeps the one
     *     set before
     * @param failed called if it could not be established, with one of the reasons; no other callback follows; null keeps
     *     the one set before
     * @return whether the attempt was started
     * @throws IllegalStateException in the profile esp8266, if connected
     */
    public boolean connect(
            String host,
            int port,
            Secure secure,
            boolean autoreconnect,
            @Nullable Consumer<Mqtt> connected,
            @Nullable Failed failed) {
        if (settings.version() == ProtocolVersion.V3_1 && clientId.getBytes(StandardCharsets.UTF_8).length > 23) {
            warnings.warn(
                    WarningType.REFUSED,
                    "connect: client id '" + clientId + "' is longer than the 23 characters of MQTT 3.1");
            return false;
        }
        warnings.ofConnect(port, secure, autoreconnect);
        CompletableFuture<Void> before;
        DeviceConnection now;
        lock.lock();
        try {
            DeviceConnection old = connection;
            if (settings.profile().isEsp8266() && old != null && old.isConnected()) {
                throw new IllegalStateException("already connected");
            }
            now = new DeviceConnection(
                    this,
                    new DeviceConnection.Target(host, port, secure),
                    autoreconnect && !settings.profile().isStrict(),
                    will);
            now.prepare();
            callbacks.connecting(connected, failed);
            if (old != null) {
                if (old.isConnected()) {
                    observer.disconnected();
                }
                closed = old.close();
            }
            before = closed;
            connection = now;
        } catch (IllegalArgumentException e) {
            warnings.warn(WarningType.REFUSED, "connect: " + e.getMessage());
            return false;
        } finally {
            lock.unlock();
        }
        // The old connection ends first: a new one with the same client id would make the broker publish its will.
        then(before, (ignored, problem) -> {
            if (isCurrent(now)) {
                now.start();
            }
        });
        return true;
    }

    /**
     * Closes the connection, or cancels the attempt, or the wait of autoreconnect. What is in flight may leave first,
     * within the network timeout. The broker does not publish the will.
     *
     * @return false if there was nothing to close
     */
    public boolean close() {
        lock.lock();
        try {
            DeviceConnection old = connection;
            if (old == null) {
                return false;
            }
            if (settings.profile().isEsp8266() && old.isFirstAttempt()) {
                warnings.warn(WarningType.DEVICE_DIFFERENCE, "close() while connecting does nothing on an ESP8266");
                return true;
            }
            boolean was = old.isConnected();
            connection = null;
            closed = old.close();
            if (was) {
                observer.disconnected();
            }
            if (settings.profile().isEsp8266() && was) {
                then(closed, (ignored, problem) -> callbacks.offline());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the connection without DISCONNECT, as a device that loses its power. No callback comes after that. */
    public void powerOff() {
        lock.lock();
        try {
            DeviceConnection old = connection;
            if (old != null) {
                connection = null;
                if (old.isConnected()) {
                    observer.disconnected();
                }
                transport.cut();
                closed = old.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Unplugs the network: the socket stays open, nothing goes out or comes in, and neither end learns of it. */
    public void unplugNetwork() {
        transport.plug(false);
    }

    /**
     * The device loses its address: its connection or attempt ends, the broker does not learn of it, and later attempts
     * fail until {@link #plugNetwork}.
     */
    public void loseNetwork() {
        transport.lose();
    }

    /** Undoes {@link #unplugNetwork} and {@link #loseNetwork}. */
    public void plugNetwork() {
        transport.plug(true);
    }

    UnpluggableTransport transport() {
        return transport;
    }

    /** Whether there is a connection, an attempt, or a wait for the next one. */
    public boolean isActive() {
        lock.lock();
        try {
            return connection != null;
        } finally {
            lock.unlock();
        }
    }

    public boolean isConnected() {
        lock.lock();
        try {
            return connection != null && connection.isConnected();
        } finally {
            lock.unlock();
        }
    }

    /** Why the last attempt failed; null if none has failed. */
    public @Nullable ConnectFailure lastFailure() {
        return lastFailure;
    }

    /** Whether the broker had a session for the last connection [MQTT-3.2.2-2]. */
    public boolean sessionPresent() {
        return sessionPresent;
    }

    // ---- publish, subscribe, unsubscribe

    public boolean publish(String topic, String payload, int qos, boolean retain) {
        return publish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, retain, null);
    }

    public boolean publish(String topic, String payload, int qos, boolean retain, @Nullable Consumer<Mqtt> done) {
        return publish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, retain, done);
    }

    /**
     * Publishes.
     *
     * @param done called when the broker has acknowledged (QoS 0: when the message was written). If several publishes are
     *     outstanding, the last function given is called for ALL of them. A refused call leaves the function before alone
     * @return false if not connected or if topic or QoS are invalid
     * @throws IllegalStateException in the profile esp8266, if not connected
     */
    public boolean publish(String topic, byte[] payload, int qos, boolean retain, @Nullable Consumer<Mqtt> done) {
        DeviceConnection now = connectedOrNull();
        return now != null && operations.publish(now, topic, payload, qos, retain, done);
    }

    public boolean subscribe(String topic, int qos) {
        return subscribe(Map.of(topic, qos), null);
    }

    /**
     * Subscribes.
     *
     * @param done called when the broker granted the subscription; a refusal is a warning and calls nothing. If several are
     *     outstanding, the last function given is called for ALL of them
     * @return false if not connected or if topic or QoS are invalid
     */
    public boolean subscribe(String topic, int qos, @Nullable Consumer<Mqtt> done) {
        return subscribe(Map.of(topic, qos), done);
    }

    /** Subscribes to several topics with one packet; topic to QoS. {@code done} is called if all were granted. */
    public boolean subscribe(Map<String, Integer> topics, @Nullable Consumer<Mqtt> done) {
        DeviceConnection now = connectedOrNull();
        return now != null && operations.subscribe(now, topics, done);
    }

    public boolean unsubscribe(String topic, @Nullable Consumer<Mqtt> done) {
        return unsubscribe(List.of(topic), done);
    }

    /** Unsubscribes; same callback rule and results as {@link #subscribe(String, int, Consumer)}. */
    public boolean unsubscribe(List<String> topics, @Nullable Consumer<Mqtt> done) {
        DeviceConnection now = connectedOrNull();
        return now != null && operations.unsubscribe(now, topics, done);
    }

    private @Nullable DeviceConnection connectedOrNull() {
        lock.lock();
        try {
            DeviceConnection now = connection;
            if (now != null && now.isConnected()) {
                return now;
            }
        } finally {
            lock.unlock();
        }
        if (settings.profile().isEsp8266()) {
            throw new IllegalStateException("not connected");
        }
        return null;
    }

    // ---- events of the connection; on the executor of callbacks

    boolean isCurrent(DeviceConnection candidate) {
        lock.lock();
        try {
            return connection == candidate;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up a connection; returns whether it was the current one. */
    private boolean drop(DeviceConnection candidate) {
        lock.lock();
        try {
            if (connection != candidate) {
                return false;
            }
            connection = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Reports a publish that the broker has acknowledged, or that was written if QoS 0. */
    void published() {
        observer.published();
    }

    void established(DeviceConnection from, boolean first, boolean present) {
        if (isCurrent(from)) {
            sessionPresent = present;
            observer.connected();
            callbacks.connected(first, () -> isCurrent(from));
        }
    }

    void failed(DeviceConnection from, ConnectFailure failure) {
        if (drop(from)) {
            lastFailure = failure;
            boolean strict = settings.profile().isStrict();
            int reason = strict ? STRICT_FAILURE : FailureCodes.of(failure);
            boolean reported = callbacks.failed(reason);
            if (strict) {
                callbacks.offline();
            }
            observer.failed(reason, reported);
        }
    }

    /** Handles the end of a connection that is not made again. */
    void lost(DeviceConnection from) {
        if (drop(from)) {
            callbacks.reset();
            observer.disconnected();
            callbacks.offline();
        }
    }

    /** Handles the end of a connection that autoreconnect will make again. */
    void broken() {
        callbacks.reset();
        observer.disconnected();
    }

    /** Notes why an attempt of autoreconnect failed. */
    void failing(ConnectFailure failure) {
        lastFailure = failure;
    }

    /** Delivers a message; returns false if the connection is given up or replaced. */
    boolean arrived(DeviceConnection from, Message message) {
        order.catchUp();
        if (!isCurrent(from)) {
            return false;
        }
        observer.received();
        incoming.deliver(message);
        return true;
    }

    <T> void then(CompletableFuture<T> future, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        order.then(future, action);
    }

    @Override
    public String toString() {
        return "Mqtt[" + clientId + ", MQTT " + settings.version() + ", " + settings.profile() + "]";
    }
}
