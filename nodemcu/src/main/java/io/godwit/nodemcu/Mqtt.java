package io.godwit.nodemcu;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** The bytes of a message that an ESP32 takes in one piece, and the default limit of an ESP8266. */
    private static final int DEVICE_BUFFER = 1024;

    // Set once.
    private final MqttSettings settings;
    private final String clientId;
    private final int keepalive;
    private final @Nullable String username;
    private final byte @Nullable [] password;
    private final boolean cleanSession;
    private final Executor events;
    private final MqttSettings.Timer timer;
    private final int maxMessageLength;
    private final Cable cable;

    // Guarded by lock; callbacks run outside it.
    private final ReentrantLock lock = new ReentrantLock();
    private final Slot published;
    private final Slot subscribed;
    private final Slot unsubscribed;
    private final Set<String> remarked = new HashSet<>(2);
    private @Nullable Consumer<Mqtt> connectOnce;
    private @Nullable Failed failOnce;
    private @Nullable Consumer<Mqtt> onConnect;
    private @Nullable Consumer<Mqtt> onOffline;
    private @Nullable MessageCallback onMessage;
    private @Nullable MessageCallback onOverflow;
    private @Nullable Message will;
    private @Nullable DeviceConnection link;
    private CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);
    private volatile @Nullable ConnectFailure lastFailure;
    private volatile boolean sessionPresent;

    /** Takes the reason of a failed first connection: one of the constants of {@link Mqtt}. */
    @FunctionalInterface
    public interface Failed {
        void failed(Mqtt client, int reason);
    }

    /** Takes a message; {@code data} is null when the payload is empty. Topic and data are bytes on the device too. */
    @FunctionalInterface
    public interface MessageCallback {
        void message(Mqtt client, String topic, byte @Nullable [] data);
    }

    /** Sees what happens on the wire, for figures; called where callbacks are, before them. */
    public interface Observer {
        default void connected() {}

        default void disconnected() {}

        default void published() {}

        default void received() {}
    }

    private static final Observer NOBODY = new Observer() {};

    private volatile Observer observer = NOBODY;

    private Mqtt(Parameters parameters, MqttSettings settings) {
        this.settings = settings;
        this.clientId = parameters.clientId();
        this.keepalive = keepaliveOf(parameters.keepalive(), settings);
        this.username = empty(parameters.username()) ? null : parameters.username();
        this.password =
                parameters.password() == null || parameters.password().length == 0 ? null : parameters.password();
        this.cleanSession = parameters.cleanSession();
        this.maxMessageLength = parameters.maxMessageLength() > 0 ? parameters.maxMessageLength() : DEVICE_BUFFER;
        this.events = settings.executor() != null ? settings.executor() : new SerialExecutor();
        this.timer = settings.timerOn(events);
        this.cable = new Cable(settings.carrier());
        this.published = new Slot(settings.profile());
        this.subscribed = new Slot(settings.profile());
        this.unsubscribed = new Slot(settings.profile());
        limit("client id", this.clientId.getBytes(StandardCharsets.UTF_8).length, 32);
        limit("user name", username == null ? 0 : username.getBytes(StandardCharsets.UTF_8).length, 32);
        limit("password", password == null ? 0 : password.length, 65);
    }

    /**
     * What {@code mqtt.Client} takes.
     *
     * @param keepalive seconds, 0 to 65,535; 0 means the device's default (120 on an ESP32, 60 on an ESP8266)
     * @param username null or empty for none
     * @param maxMessageLength for the profile esp8266; 0 for its default of 1024
     */
    public record Parameters(
            String clientId,
            int keepalive,
            @Nullable String username,
            byte @Nullable [] password,
            boolean cleanSession,
            int maxMessageLength) {

        /** Without the password. */
        @Override
        public String toString() {
            return "Parameters[" + clientId + ", " + keepalive + ", " + username + ", " + cleanSession + "]";
        }
    }

    // ---- making one

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
     * @throws IllegalArgumentException when the keepalive is out of range
     */
    public static Mqtt client(
            String clientId,
            int keepalive,
            @Nullable String username,
            @Nullable String password,
            boolean cleanSession) {
        return client(
                new Parameters(
                        clientId,
                        keepalive,
                        username,
                        password == null ? null : password.getBytes(StandardCharsets.UTF_8),
                        cleanSession,
                        0),
                MqttSettings.configured());
    }

    public static Mqtt client(Parameters parameters, MqttSettings settings) {
        return new Mqtt(parameters, settings);
    }

    private static boolean empty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    private static int keepaliveOf(int seconds, MqttSettings settings) {
        if (seconds < 0 || seconds > 65_535) {
            throw new IllegalArgumentException("keepalive must be 0 to 65535 seconds, not " + seconds);
        }
        return seconds == 0 ? settings.profile().defaultKeepalive() : seconds;
    }

    private void limit(String what, int length, int most) {
        if (length > most && settings.profile().isEsp32()) {
            remark("an ESP32 would cut the " + what + " at " + most + " bytes (it has " + length + ")");
        }
    }

    /** Says a thing once for each client. */
    private void remark(String text) {
        lock.lock();
        try {
            if (!remarked.add(text)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        settings.remarks().accept(text);
    }

    private boolean is(Profile profile) {
        return settings.profile() == profile;
    }

    MqttSettings settings() {
        return settings;
    }

    Executor events() {
        return events;
    }

    MqttSettings.Timer timer() {
        return timer;
    }

    public String clientId() {
        return clientId;
    }

    Parameters identity() {
        return new Parameters(clientId, keepalive, username, password, cleanSession, maxMessageLength);
    }

    // ---- lwt and on

    /** The will, QoS 0 and not retained. */
    public void lwt(String topic, String message) {
        lwt(topic, message.getBytes(StandardCharsets.UTF_8), 0, false);
    }

    /**
     * Sets the will, which the broker publishes when this client is gone without {@link #close}. Takes effect at the next
     * {@link #connect}.
     *
     * @throws IllegalArgumentException when the topic is no topic name or the QoS is not 0 to 2
     */
    public void lwt(String topic, byte[] message, int qos, boolean retain) {
        TopicName.check(topic);
        byte[] payload = message;
        String name = topic;
        Message newWill;
        if (settings.profile().isStrict()) {
            name = cut(topic, 32);
            payload = Arrays.copyOf(message, Math.min(message.length, 128));
            newWill = Message.of(name, payload).withQos(Qos.AT_MOST_ONCE);
        } else {
            newWill = Message.of(name, payload).withQos(Qos.of(qos)).withRetain(retain);
        }
        limit("topic of the will", topic.getBytes(StandardCharsets.UTF_8).length, 32);
        limit("message of the will", message.length, 128);
        if (!settings.profile().isEsp8266() && (qos > 0 || retain)) {
            remark("an ESP32 would publish the will with QoS 0 and not retained, whatever lwt() says");
        }
        boolean late;
        lock.lock();
        try {
            will = newWill;
            late = link != null;
        } finally {
            lock.unlock();
        }
        if (late) {
            remark("lwt() after connect() takes effect at the next connect()");
        }
    }

    private static String cut(String text, int bytes) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return encoded.length <= bytes ? text : new String(encoded, 0, bytes, StandardCharsets.UTF_8);
    }

    /**
     * Sets the callback of an event: {@code connect}, {@code offline}, {@code message}; {@code overflow}, {@code connfail},
     * {@code puback}, {@code suback} and {@code unsuback} as on an ESP8266. The callback of an event without a message is
     * given an empty topic and null.
     *
     * @throws IllegalArgumentException when there is no such event
     */
    public void on(String event, MessageCallback callback) {
        if (event.equals("message") || event.equals("overflow")) {
            lock.lock();
            try {
                if (event.equals("message")) {
                    onMessage = callback;
                } else {
                    onOverflow = callback;
                }
            } finally {
                lock.unlock();
            }
        } else {
            on(event, client -> callback.message(client, "", null));
        }
    }

    /** Sets the callback of an event that carries nothing; see {@link #on(String, MessageCallback)}. */
    public void on(String event, Consumer<Mqtt> callback) {
        set(event, callback);
    }

    /** Takes the callback of an event away; the module itself cannot do that. */
    public void off(String event) {
        set(event, null);
    }

    private void set(String event, @Nullable Consumer<Mqtt> callback) {
        lock.lock();
        try {
            switch (event) {
                case "connect" -> {
                    if (settings.profile().isEsp8266()) {
                        // The same place as the first function of connect().
                        connectOnce = callback;
                    } else {
                        onConnect = callback;
                    }
                }
                case "offline" -> onOffline = callback;
                case "connfail" -> failOnce = callback == null ? null : (client, reason) -> callback.accept(client);
                case "puback" -> published.permanent(callback);
                case "suback" -> subscribed.permanent(callback);
                case "unsuback" -> unsubscribed.permanent(callback);
                case "message" ->
                    onMessage = callback == null ? null : (client, topic, data) -> callback.accept(client);
                case "overflow" ->
                    onOverflow = callback == null ? null : (client, topic, data) -> callback.accept(client);
                default -> throw new IllegalArgumentException("invalid option '" + event + "'");
            }
        } finally {
            lock.unlock();
        }
        boolean extra = !Set.of("connect", "offline", "message").contains(event);
        if (extra && !settings.profile().isEsp8266()) {
            remark("on(\"" + event + "\") raises an error on an ESP32");
        }
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
     * @param autoreconnect an established connection that breaks is made again, without a word
     * @param connected called when the connection was established, once, before {@code on("connect")}; null keeps the one
     *     given before
     * @param failed called when it could not be, with one of the reasons; nothing else is called then
     * @return whether the attempt was started
     * @throws IllegalStateException in the profile esp8266, when connected
     */
    public boolean connect(
            String host,
            int port,
            Secure secure,
            boolean autoreconnect,
            @Nullable Consumer<Mqtt> connected,
            @Nullable Failed failed) {
        if (settings.version() == ProtocolVersion.V3_1 && clientId.getBytes(StandardCharsets.UTF_8).length > 23) {
            remark("client id '" + clientId + "' is longer than the 23 characters of MQTT 3.1");
            return false;
        }
        if (port == 1883 && !(secure instanceof Secure.Off)) {
            remark("port 1883 with TLS: the usual port is 8883, and the module's default stays 1883");
        }
        if (autoreconnect && is(Profile.ESP32)) {
            remark("on an ESP32 autoreconnect never works: the script must connect again in \"offline\"");
        }
        CompletableFuture<Void> before;
        DeviceConnection now;
        lock.lock();
        try {
            if (settings.profile().isEsp8266() && link != null && link.isConnected()) {
                throw new IllegalStateException("already connected");
            }
            now = new DeviceConnection(
                    this,
                    new DeviceConnection.Target(host, port, secure),
                    autoreconnect && !settings.profile().isStrict(),
                    will);
            try {
                now.prepare();
            } catch (IllegalArgumentException e) {
                settings.remarks().accept("connect: " + e.getMessage());
                return false;
            }
            if (connected != null) {
                connectOnce = connected;
            }
            if (failed != null) {
                failOnce = failed;
            }
            if (link != null) {
                if (link.isConnected()) {
                    observer.disconnected();
                }
                closed = link.close();
            }
            before = closed;
            link = now;
            published.reset();
            subscribed.reset();
            unsubscribed.reset();
        } finally {
            lock.unlock();
        }
        // The old connection must be gone first: a new one with the same id would set its will off.
        then(before, (ignored, problem) -> {
            if (isCurrent(now)) {
                now.start();
            }
        });
        return true;
    }

    /**
     * Closes the connection, or ends the attempt, or the waiting of autoreconnect. What is in flight may leave first,
     * within the network's time limit. The broker does not publish the will.
     *
     * @return false when there was nothing to close
     */
    public boolean close() {
        lock.lock();
        try {
            DeviceConnection old = link;
            if (old == null) {
                return false;
            }
            if (settings.profile().isEsp8266() && old.isFirstAttempt()) {
                remark("close() while connecting does nothing on an ESP8266");
                return true;
            }
            boolean was = old.isConnected();
            link = null;
            closed = old.close();
            if (was) {
                observer.disconnected();
            }
            if (settings.profile().isEsp8266() && was) {
                then(closed, (ignored, problem) -> offline());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the connection without DISCONNECT, as a device that loses its power. No callback comes any more. */
    public void powerOff() {
        lock.lock();
        try {
            if (link != null) {
                DeviceConnection old = link;
                link = null;
                if (old.isConnected()) {
                    observer.disconnected();
                }
                cable.cut();
                closed = old.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Pulls the network cable: the socket stays open, nothing goes out or comes in, nobody is told. */
    public void unplugNetwork() {
        cable.plug(false);
    }

    /** Puts the cable back. */
    public void plugNetwork() {
        cable.plug(true);
    }

    Cable cable() {
        return cable;
    }

    /** Whether there is a connection, an attempt, or a wait for the next one. */
    public boolean isActive() {
        lock.lock();
        try {
            return link != null;
        } finally {
            lock.unlock();
        }
    }

    public boolean isConnected() {
        lock.lock();
        try {
            return link != null && link.isConnected();
        } finally {
            lock.unlock();
        }
    }

    /** Why the last attempt failed, in full; null when none has failed. */
    public @Nullable ConnectFailure lastFailure() {
        return lastFailure;
    }

    /** Whether the broker went on with a session that it had kept, at the last connection. */
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
     * @param done called when the broker has acknowledged (QoS 0: when the message has been written). When called
     *     repeatedly, the last function given is called for ALL publishes that complete
     * @return false when not connected or when the topic or QoS is not possible
     * @throws IllegalStateException in the profile esp8266, when not connected
     */
    public boolean publish(String topic, byte[] payload, int qos, boolean retain, @Nullable Consumer<Mqtt> done) {
        DeviceConnection now = connectedLink();
        if (now == null) {
            return false;
        }
        String fault = qos < 0 || qos > 2 ? "QoS " + qos + " is not 0, 1 or 2" : TopicName.fault(topic);
        if (fault != null) {
            remark("publish: " + fault);
            return false;
        }
        begin(published, done, "publish");
        Message message = Message.of(topic, payload).withQos(Qos.of(qos)).withRetain(retain);
        then(now.publish(message), (result, problem) -> end(now, published, problem == null, qos > 0));
        return true;
    }

    public boolean subscribe(String topic, int qos) {
        return subscribe(Map.of(topic, qos), null);
    }

    /**
     * Subscribes.
     *
     * @param done called when the broker granted the subscription; a refusal is remarked on and calls nothing. When called
     *     repeatedly, the last function given is called for ALL subscribes that complete
     * @return false when not connected or when the topic or QoS is not possible
     */
    public boolean subscribe(String topic, int qos, @Nullable Consumer<Mqtt> done) {
        return subscribe(Map.of(topic, qos), done);
    }

    /** Subscribes to several topics with one packet; topic to QoS. */
    public boolean subscribe(Map<String, Integer> topics, @Nullable Consumer<Mqtt> done) {
        DeviceConnection now = connectedLink();
        if (now == null) {
            return false;
        }
        List<TopicSubscription> subscriptions = new ArrayList<>();
        for (Map.Entry<String, Integer> entry : topics.entrySet()) {
            int qos = entry.getValue();
            String fault = qos < 0 || qos > 2 ? "QoS " + qos + " is not 0, 1 or 2" : TopicFilter.fault(entry.getKey());
            if (fault != null) {
                remark("subscribe: " + fault);
                return false;
            }
            subscriptions.add(TopicSubscription.of(entry.getKey(), Qos.of(qos)));
        }
        if (subscriptions.isEmpty()) {
            return false;
        }
        begin(subscribed, done, "subscribe");
        then(now.subscribe(subscriptions), (granted, problem) -> {
            if (problem != null) {
                remark("subscribe: " + problem.getMessage());
            } else if (granted.reasons().stream().anyMatch(ReasonCode::isError)) {
                remark("subscribe: the broker refused some of " + topics.keySet());
            }
            end(now, subscribed, problem == null, true);
        });
        return !settings.profile().isStrict();
    }

    public boolean unsubscribe(String topic, @Nullable Consumer<Mqtt> done) {
        return unsubscribe(List.of(topic), done);
    }

    /** Unsubscribes; the callback rule and results of {@link #subscribe(String, int, Consumer)}. */
    public boolean unsubscribe(List<String> topics, @Nullable Consumer<Mqtt> done) {
        DeviceConnection now = connectedLink();
        if (now == null) {
            return false;
        }
        for (String topic : topics) {
            String fault = TopicFilter.fault(topic);
            if (fault != null) {
                remark("unsubscribe: " + fault);
                return false;
            }
        }
        if (topics.isEmpty()) {
            return false;
        }
        begin(unsubscribed, done, "unsubscribe");
        then(now.unsubscribe(topics), (ignored, problem) -> end(now, unsubscribed, problem == null, true));
        return !settings.profile().isStrict();
    }

    private @Nullable DeviceConnection connectedLink() {
        lock.lock();
        try {
            DeviceConnection now = link;
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

    private void begin(Slot slot, @Nullable Consumer<Mqtt> done, String call) {
        boolean replaced;
        lock.lock();
        try {
            replaced = slot.begin(done);
        } finally {
            lock.unlock();
        }
        if (replaced) {
            remark(call + "() before the one before it has completed: only the last function is called, for both");
        }
    }

    private void end(DeviceConnection from, Slot slot, boolean success, boolean acknowledged) {
        Consumer<Mqtt> callback;
        lock.lock();
        try {
            if (link != from) {
                return;
            }
            callback = slot.end(success, acknowledged);
        } finally {
            lock.unlock();
        }
        if (slot == published && success) {
            observer.published();
        }
        if (callback != null) {
            callback.accept(this);
        }
    }

    // ---- what the link tells; on the executor of events

    boolean isCurrent(DeviceConnection candidate) {
        lock.lock();
        try {
            return link == candidate;
        } finally {
            lock.unlock();
        }
    }

    void established(DeviceConnection from, boolean first, boolean present) {
        Consumer<Mqtt> once = null;
        Consumer<Mqtt> always;
        lock.lock();
        try {
            if (link != from) {
                return;
            }
            sessionPresent = present;
            if (first || settings.profile().isEsp8266()) {
                once = connectOnce;
            }
            if (!settings.profile().isEsp8266()) {
                connectOnce = null;
                failOnce = null;
            }
            always = onConnect;
        } finally {
            lock.unlock();
        }
        observer.connected();
        if (once != null) {
            once.accept(this);
        }
        if (always != null && isCurrent(from)) {
            always.accept(this);
        }
    }

    void failed(DeviceConnection from, ConnectFailure failure) {
        Failed callback;
        lock.lock();
        try {
            if (link != from) {
                return;
            }
            link = null;
            lastFailure = failure;
            callback = failOnce;
            if (!settings.profile().isEsp8266()) {
                failOnce = null;
                connectOnce = null;
            }
        } finally {
            lock.unlock();
        }
        if (callback != null) {
            callback.failed(this, settings.profile().isStrict() ? STRICT_FAILURE : failure.code());
        }
        if (settings.profile().isStrict()) {
            offline();
        }
    }

    /** A connection broke and is not made again. */
    void lost(DeviceConnection from) {
        lock.lock();
        try {
            if (link != from) {
                return;
            }
            link = null;
            published.reset();
            subscribed.reset();
            unsubscribed.reset();
        } finally {
            lock.unlock();
        }
        observer.disconnected();
        offline();
    }

    /** A connection broke and will be made again: what was outstanding never completes. */
    void broken() {
        lock.lock();
        try {
            published.reset();
            subscribed.reset();
            unsubscribed.reset();
        } finally {
            lock.unlock();
        }
        observer.disconnected();
    }

    void failing(ConnectFailure failure) {
        lastFailure = failure;
    }

    private void offline() {
        Consumer<Mqtt> callback;
        lock.lock();
        try {
            callback = onOffline;
        } finally {
            lock.unlock();
        }
        if (callback != null) {
            callback.accept(this);
        }
    }

    void arrived(DeviceConnection from, Message message) {
        MessageCallback callback;
        MessageCallback overflow;
        lock.lock();
        try {
            if (link != from) {
                return;
            }
            callback = onMessage;
            overflow = onOverflow;
        } finally {
            lock.unlock();
        }
        observer.received();
        byte[] payload = message.payload();
        int topicLength = message.topic().getBytes(StandardCharsets.UTF_8).length;
        int body = 2 + topicLength + (message.qos() == Qos.AT_MOST_ONCE ? 0 : 2) + payload.length;
        int header = body < 128 ? 2 : body < 16_384 ? 3 : body < 2_097_152 ? 4 : 5;
        if (settings.profile().isEsp8266() && header + body > maxMessageLength) {
            if (overflow != null) {
                int room = Math.max(0, Math.min(payload.length, maxMessageLength - (header + body - payload.length)));
                overflow.message(this, message.topic(), Arrays.copyOf(payload, room));
            }
            return;
        }
        if (header + body > DEVICE_BUFFER && is(Profile.ESP32)) {
            remark("an ESP32 would deliver a message of " + payload.length
                    + " bytes in pieces, all but the first with the topic \"\"");
        }
        if (callback == null) {
            return;
        }
        if (header + body > DEVICE_BUFFER && settings.profile().isStrict()) {
            pieces(callback, message.topic(), payload, Math.max(1, DEVICE_BUFFER - (header + body - payload.length)));
            return;
        }
        callback.message(this, message.topic(), payload.length == 0 ? null : payload);
    }

    private void pieces(MessageCallback callback, String topic, byte[] payload, int first) {
        int at = 0;
        int size = first;
        while (at < payload.length) {
            int end = Math.min(payload.length, at + size);
            callback.message(this, at == 0 ? topic : "", Arrays.copyOfRange(payload, at, end));
            at = end;
            size = DEVICE_BUFFER;
        }
    }

    /**
     * Runs the action when the future ends: on the executor of events, where the client completes its futures, and never
     * inside the call that attaches it.
     */
    <T> void then(CompletableFuture<T> future, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        AtomicBoolean attached = new AtomicBoolean();
        Thread caller = Thread.currentThread();
        future.whenComplete((value, problem) -> {
            if (!attached.get() && Thread.currentThread() == caller) {
                events.execute(() -> action.accept(value, problem));
            } else {
                action.accept(value, problem);
            }
        });
        attached.set(true);
    }

    @Override
    public String toString() {
        return "Mqtt[" + clientId + ", MQTT " + settings.version() + ", " + settings.profile() + "]";
    }
}
