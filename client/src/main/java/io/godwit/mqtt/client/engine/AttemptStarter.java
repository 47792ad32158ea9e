package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Authenticator;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.Times;
import org.jspecify.annotations.Nullable;

/**
 * Starts an attempt: asks the application for credentials and authentication data, in the background and with a limit, then
 * opens the connection. Whatever goes wrong, an {@link Error} too, fails the attempt, so that it is reported and the next one
 * may succeed. Event loop only.
 */
final class AttemptStarter {
    private final ClientConfig config;
    private final EventLoop loop;
    private final Notifier notifier;
    private final LoopTimer timer;
    private final Redirection.@Nullable Detour detour;

    /** @param detour the way to another server; null: to the configured ones */
    AttemptStarter(
            ClientConfig config,
            EventLoop loop,
            Notifier notifier,
            LoopTimer timer,
            Redirection.@Nullable Detour detour) {
        this.config = config;
        this.loop = loop;
        this.notifier = notifier;
        this.timer = timer;
        this.detour = detour;
    }

    /** @param clientId the configured identifier, or the one that the broker has assigned */
    void start(BrokerConnection next, String clientId) {
        if (config.credentials() == null && config.authenticator() == null) {
            open(next, clientId, null, null);
            return;
        }
        timer.set(config.callTimeout().toNanos(), () -> credentialsTimedOut(next));
        attempt(next, () -> notifier.background(() -> askCredentials(next, clientId)));
    }

    private void attempt(BrokerConnection next, Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            next.fail(ConnectFailure.of(
                    ConnectPhase.CONNECT, FailureReason.OTHER, "could not start to connect: " + failure, failure));
        }
    }

    private void credentialsTimedOut(BrokerConnection next) {
        next.fail(ConnectFailure.of(
                ConnectPhase.CONNACK,
                FailureReason.CREDENTIALS_UNAVAILABLE,
                "timed out after " + Times.text(config.callTimeout()) + " waiting for credentials",
                null));
    }

    /** Background: suppliers may take their time. */
    private void askCredentials(BrokerConnection next, String clientId) {
        try {
            Credentials credentials =
                    config.credentials() == null ? null : config.credentials().get();
            Authenticator authenticator = config.authenticator();
            byte[] data = authenticator == null ? null : authenticator.begin();
            loop.execute(() -> open(next, clientId, credentials, data));
        } catch (Throwable failure) {
            loop.execute(() -> next.fail(ConnectFailure.of(
                    ConnectPhase.CONNACK,
                    FailureReason.CREDENTIALS_UNAVAILABLE,
                    "could not obtain credentials: " + failure,
                    failure)));
        }
    }

    private void open(
            BrokerConnection next, String clientId, @Nullable Credentials credentials, byte @Nullable [] authData) {
        if (!next.isCurrent()) {
            return;
        }
        timer.cancel();
        attempt(
                next,
                () -> next.open(
                        detour == null ? config.transportOptions() : detour.options(),
                        ConnectPackets.forServers(
                                config.login(),
                                clientId,
                                detour == null || detour.trusted() ? credentials : null,
                                authData)));
    }
}
