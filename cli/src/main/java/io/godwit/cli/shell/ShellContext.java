package io.godwit.cli.shell;

import io.godwit.mqtt.client.MqttException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the commands of one shell share.
 *
 * @param password asks for a password; throws when nobody is there to type it
 */
record ShellContext(Clients clients, ShellOutput output, Supplier<String> password) {
    /** How long an answer of the broker may take unless -W says otherwise. */
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Waits for what the client does; Ctrl-C ends the waiting. */
    static <T> T await(CompletableFuture<T> future, Duration limit, String what)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new TimeoutException(what + " did not arrive within " + limit.toMillis() / 1e3 + " s");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MqttException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
