package io.godwit.nodemcu;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callbacks of one client by the rules of its profile: which are set, which an event calls, and in what order. A
 * callback that throws is logged with its name and does not keep the next from being called.
 */
final class MqttCallbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Mqtt.class);

    /** A callback with the name that the log gives it. */
    private record Named(String name, Consumer<Mqtt> function) {}

    // Set once.
    private final Mqtt client;
    private final Profile profile;
    final CallbackSlot published;
    final CallbackSlot subscribed;
    final CallbackSlot unsubscribed;

    // Guarded by the lock; callbacks run outside it.
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Named connectOnce;
    private Mqtt.@Nullable Failed failOnce;
    private Mqtt.@Nullable Failed onFailed;
    private @Nullable Consumer<Mqtt> onConnect;
    private @Nullable Consumer<Mqtt> onOffline;
    private Mqtt.@Nullable MessageCallback onMessage;
    private Mqtt.@Nullable MessageCallback onOverflow;

    MqttCallbacks(Mqtt client, Profile profile) {
        this.client = client;
        this.profile = profile;
        this.published = new CallbackSlot(profile);
        this.subscribed = new CallbackSlot(profile);
        this.unsubscribed = new CallbackSlot(profile);
    }

    /** Sets or, with null, removes the callback of an event without a message. */
    void set(String event, @Nullable Consumer<Mqtt> callback) {
        lock.lock();
        try {
            switch (event) {
                case "connect" -> {
                    if (profile.isEsp8266()) {
                        // The same slot as the first function of connect().
                        connectOnce = callback == null ? null : new Named("connect", callback);
                    } else {
                        onConnect = callback;
                    }
                }
                case "offline" -> onOffline = callback;
                case "connfail" -> setFailed(callback == null ? null : (from, reason) -> callback.accept(from));
                case "puback" -> published.permanent(callback);
                case "suback" -> subscribed.permanent(callback);
                case "unsuback" -> unsubscribed.permanent(callback);
                case "message" -> onMessage = withoutMessage(callback);
                case "overflow" -> onOverflow = withoutMessage(callback);
                default ->
                    throw new IllegalArgumentException("invalid option '" + event
                            + "': must be connect, message, offline, overflow, connfail, puback, suback or unsuback");
            }
        } finally {
            lock.unlock();
        }
    }

    private static Mqtt.@Nullable MessageCallback withoutMessage(@Nullable Consumer<Mqtt> callback) {
        return callback == null ? null : (from, topic, data) -> callback.accept(from);
    }

    /** Sets or, with null, removes the callback of {@code connfail}. */
    void setFailed(Mqtt.@Nullable Failed callback) {
        lock.lock();
        try {
            if (profile.isEsp8266()) {
                // The same slot as the second function of connect().
                failOnce = callback;
            } else {
                onFailed = callback;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sets the callback of {@code message} or {@code overflow}. */
    void set(String event, Mqtt.MessageCallback callback) {
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
    }

    /** Takes the functions of a {@code connect} call; null keeps the one before. Forgets outstanding operations. */
    void connecting(@Nullable Consumer<Mqtt> connected, Mqtt.@Nullable Failed failed) {
        lock.lock();
        try {
            if (connected != null) {
                connectOnce = new Named("connected", connected);
            }
            if (failed != null) {
                failOnce = failed;
            }
        } finally {
            lock.unlock();
        }
        reset();
    }

    /** Forgets outstanding operations: they belong to a connection that is gone. */
    void reset() {
        lock.lock();
        try {
            published.reset();
            subscribed.reset();
            unsubscribed.reset();
        } finally {
            lock.unlock();
        }
    }

    /** Notes an accepted operation; returns whether its function replaces one that still waits. */
    boolean begin(CallbackSlot slot, @Nullable Consumer<Mqtt> done) {
        lock.lock();
        try {
            return slot.begin(done);
        } finally {
            lock.unlock();
        }
    }

    /** Notes the end of an operation and calls its function if it succeeded. */
    void end(CallbackSlot slot, boolean success, boolean acknowledged) {
        Consumer<Mqtt> callback;
        lock.lock();
        try {
            callback = slot.end(success, acknowledged);
        } finally {
            lock.unlock();
        }
        call(slot == published ? "publish" : slot == subscribed ? "subscribe" : "unsubscribe", callback);
    }

    /**
     * Calls what a new connection calls: the function of {@code connect}, then {@code on("connect")}.
     *
     * @param first whether this is the first connection of a {@code connect} call
     */
    void connected(boolean first, BooleanSupplier current) {
        Named once = null;
        Consumer<Mqtt> always;
        lock.lock();
        try {
            if (first || profile.isEsp8266()) {
                once = connectOnce;
            }
            if (!profile.isEsp8266()) {
                connectOnce = null;
                failOnce = null;
            }
            always = onConnect;
        } finally {
            lock.unlock();
        }
        if (once != null) {
            call(once.name(), once.function());
        }
        if (always != null && current.getAsBoolean()) {
            call("on(\"connect\")", always);
        }
    }

    /**
     * Calls the failure function of {@code connect}, or else that of {@code on("connfail")}, with a reason of the module.
     *
     * @return whether there was one
     */
    boolean failed(int reason) {
        Mqtt.Failed callback;
        lock.lock();
        try {
            callback = failOnce == null ? onFailed : failOnce;
            if (!profile.isEsp8266()) {
                failOnce = null;
                connectOnce = null;
            }
        } finally {
            lock.unlock();
        }
        if (callback == null) {
            return false;
        }
        guarded("failed", () -> callback.failed(client, reason));
        return true;
    }

    void offline() {
        Consumer<Mqtt> callback;
        lock.lock();
        try {
            callback = onOffline;
        } finally {
            lock.unlock();
        }
        call("on(\"offline\")", callback);
    }

    Mqtt.@Nullable MessageCallback message() {
        lock.lock();
        try {
            return onMessage;
        } finally {
            lock.unlock();
        }
    }

    Mqtt.@Nullable MessageCallback overflow() {
        lock.lock();
        try {
            return onOverflow;
        } finally {
            lock.unlock();
        }
    }

    void call(String name, @Nullable Consumer<Mqtt> callback) {
        if (callback != null) {
            guarded(name, () -> callback.accept(client));
        }
    }

    /** Runs application code: what it throws is logged, or else nobody would ever see it. */
    void guarded(String name, Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error e) {
            LOG.error("the '{}' callback of client '{}' threw an exception", name, client.clientId(), e);
        }
    }
}
