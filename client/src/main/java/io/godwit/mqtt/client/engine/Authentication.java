package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.protocol.Auth;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Extended authentication, MQTT 5 section 4.12: asks the application's {@link Authenticator} off the loop and brings its
 * answers back to it.
 */
final class Authentication {
    // Set once.
    private final Authenticator authenticator;
    private final ClientCore core;
    private final ConnectionManager keeper;

    // Event loop only.
    private @Nullable CompletableFuture<Void> again;

    Authentication(Authenticator authenticator, ClientCore core, ConnectionManager keeper) {
        this.authenticator = authenticator;
        this.core = core;
        this.keeper = keeper;
    }

    /** Begins a re-authentication on a connection that is up. */
    void again(BrokerConnection line, CompletableFuture<Void> future) {
        if (again != null) {
            core.dependents(() -> future.completeExceptionally(
                    new NotConnectedException("a re-authentication is under way; wait for its end")));
            return;
        }
        again = future;
        answer(line, ReasonCode.RE_AUTHENTICATE, null);
    }

    /** Answers a challenge of the broker, or begins anew. */
    void answer(BrokerConnection line, ReasonCode reason, byte @Nullable [] challenge) {
        core.background(() -> {
            try {
                byte[] answer =
                        reason == ReasonCode.RE_AUTHENTICATE ? authenticator.begin() : authenticator.answer(challenge);
                MqttProperties properties = MqttProperties.of(Property.AUTHENTICATION_METHOD, authenticator.method())
                        .with(Property.AUTHENTICATION_DATA, answer);
                core.loop.execute(() -> {
                    if (line.isCurrent()) {
                        core.say(session -> session.authenticate(new Auth(reason, properties)));
                    }
                });
            } catch (Exception failure) {
                core.loop.execute(() -> {
                    if (line.isCurrent()) {
                        keeper.authenticationFailed(line, failure);
                    }
                });
            }
        });
    }

    /** The broker has accepted. */
    @SuppressWarnings("NullAway") // a future of Void completes with null
    void succeeded(BrokerConnection line, byte @Nullable [] data) {
        CompletableFuture<Void> waiting = again;
        again = null;
        core.background(() -> {
            try {
                authenticator.succeeded(data);
                if (waiting != null) {
                    waiting.complete(null);
                }
            } catch (Exception failure) {
                if (waiting != null) {
                    waiting.completeExceptionally(failure);
                }
                core.loop.execute(() -> {
                    if (line.isCurrent()) {
                        keeper.authenticationFailed(line, failure);
                    }
                });
            }
        });
    }

    /** The connection has ended, and with it what was under way. */
    void lost(String why) {
        CompletableFuture<Void> waiting = again;
        again = null;
        if (waiting != null) {
            core.dependents(() -> waiting.completeExceptionally(new NotConnectedException(why)));
        }
    }
}
