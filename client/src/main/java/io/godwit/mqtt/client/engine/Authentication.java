package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Extended authentication, MQTT 5 section 4.12: asks the application's {@link Authenticator} off the loop and brings its
 * answers back to it.
 */
final class Authentication {
    /** The connection that is being authenticated. */
    interface Peer {
        /** Whether it is still the client's connection. Event loop. */
        boolean isCurrent();
    }

    // Set once.
    private final Authenticator authenticator;
    private final EventLoop loop;
    private final Notifier notifier;
    private final Consumer<Auth> send;
    private final Consumer<Exception> failed;

    // Event loop only.
    /** A re-authentication under way. */
    private @Nullable CompletableFuture<Void> again;
    /** The authenticator is being asked: it is not the broker's turn. */
    private boolean answering;

    /**
     * @param send sends a packet on the current connection; event loop
     * @param failed ends the current connection because the authenticator failed; event loop
     */
    Authentication(
            Authenticator authenticator,
            EventLoop loop,
            Notifier notifier,
            Consumer<Auth> send,
            Consumer<Exception> failed) {
        this.authenticator = authenticator;
        this.loop = loop;
        this.notifier = notifier;
        this.send = send;
        this.failed = failed;
    }

    /** Begins a re-authentication on a connection that is up. */
    void again(Peer peer, CompletableFuture<Void> future) {
        if (again != null) {
            notifier.fail(
                    future, new NotConnectedException("a re-authentication is in progress; wait until it has ended"));
            return;
        }
        again = future;
        answer(peer, ReasonCode.RE_AUTHENTICATE, null);
    }

    /** Null if a packet of the broker names the method of this authentication [MQTT-4.12.0-5]. */
    @Nullable
    ProtocolViolationException accepts(MqttProperties properties, String packet) {
        String method = properties.get(Property.AUTHENTICATION_METHOD);
        if (authenticator.method().equals(method)) {
            return null;
        }
        return new ProtocolViolationException(
                ReasonCode.PROTOCOL_ERROR,
                0,
                "[MQTT-4.12.0-5]",
                packet + " has "
                        + (method == null ? "no authentication method" : "authentication method '" + method + "'")
                        + ", CONNECT had '" + authenticator.method() + "'");
    }

    /** AUTH from the broker of a client that has no authenticator. */
    static ProtocolViolationException unexpected() {
        return new ProtocolViolationException(
                ReasonCode.PROTOCOL_ERROR,
                0,
                "[MQTT-4.12.0-1]",
                "received AUTH, though CONNECT named no authentication method");
    }

    /**
     * The broker has sent AUTH.
     *
     * @param connecting whether CONNACK is still to come
     * @return null, or how the packet broke the protocol
     */
    @Nullable
    ProtocolViolationException received(Peer peer, Auth auth, boolean connecting) {
        ProtocolViolationException violation = accepts(auth.properties(), "AUTH");
        if (violation == null) {
            violation = outOfStep(auth.reason(), connecting);
        }
        if (violation != null) {
            return violation;
        }
        byte[] data = auth.properties().get(Property.AUTHENTICATION_DATA);
        if (auth.reason() == ReasonCode.SUCCESS) {
            succeeded(peer, data);
        } else {
            answer(peer, ReasonCode.CONTINUE_AUTHENTICATION, data);
        }
        return null;
    }

    /** Null if it is the broker's turn to send AUTH with this reason. */
    private @Nullable ProtocolViolationException outOfStep(ReasonCode reason, boolean connecting) {
        String why = null;
        if (reason != ReasonCode.SUCCESS && reason != ReasonCode.CONTINUE_AUTHENTICATION) {
            why = "only clients send AUTH with " + reason.describe();
        } else if (answering) {
            why = "received AUTH before the one before it was answered";
        } else if (!connecting && again == null) {
            why = "received AUTH, though no authentication is in progress";
        } else if (connecting && reason == ReasonCode.SUCCESS) {
            why = "received AUTH with success in place of CONNACK";
        }
        return why == null ? null : new ProtocolViolationException(ReasonCode.PROTOCOL_ERROR, 0, "(section 4.12)", why);
    }

    /** Answers a challenge of the broker, or begins again. */
    private void answer(Peer peer, ReasonCode reason, byte @Nullable [] challenge) {
        answering = true;
        notifier.background(() -> {
            try {
                byte[] answer =
                        reason == ReasonCode.RE_AUTHENTICATE ? authenticator.begin() : authenticator.answer(challenge);
                MqttProperties properties = MqttProperties.of(Property.AUTHENTICATION_METHOD, authenticator.method())
                        .with(Property.AUTHENTICATION_DATA, answer);
                onLoop(peer, () -> {
                    answering = false;
                    send.accept(new Auth(reason, properties));
                });
            } catch (Exception failure) {
                onLoop(peer, () -> failed.accept(failure));
            }
        });
    }

    /** The broker has accepted. */
    @SuppressWarnings("NullAway") // a future of Void completes with null
    void succeeded(Peer peer, byte @Nullable [] data) {
        CompletableFuture<Void> waiting = again;
        again = null;
        notifier.background(() -> {
            try {
                authenticator.succeeded(data);
                if (waiting != null) {
                    waiting.complete(null);
                }
            } catch (Exception failure) {
                if (waiting != null) {
                    waiting.completeExceptionally(failure);
                }
                onLoop(peer, () -> failed.accept(failure));
            }
        });
    }

    private void onLoop(Peer peer, Runnable action) {
        loop.execute(() -> {
            if (peer.isCurrent()) {
                action.run();
            }
        });
    }

    /** The connection has ended, and with it what was under way. */
    void lost(String why) {
        CompletableFuture<Void> waiting = again;
        again = null;
        answering = false;
        if (waiting != null) {
            notifier.fail(waiting, new NotConnectedException(why));
        }
    }
}
