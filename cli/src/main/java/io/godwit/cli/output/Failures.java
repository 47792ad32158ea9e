package io.godwit.cli.output;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.MqttTimeoutException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.protocol.ReasonCode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Turns a failure into a message and an exit code. */
public final class Failures {
    private Failures() {}

    /** What the future failed with, without its wrapping. */
    public static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** The number of {@link ExitCodes} for it. */
    public static int exitCode(Throwable failure) {
        if (failure instanceof MqttConnectException connect) {
            return exitCode(connect.failure());
        }
        if (failure instanceof PublishException publish) {
            return switch (publish.kind()) {
                case SESSION_LOST, CONNECTION_LOST -> ExitCodes.CONNECTION_LOST;
                default -> ExitCodes.PUBLISH_FAILED;
            };
        }
        if (failure instanceof SubscribeException) {
            return ExitCodes.SUBSCRIBE_FAILED;
        }
        if (failure instanceof NotConnectedException) {
            return ExitCodes.CONNECTION_LOST;
        }
        if (failure instanceof MqttTimeoutException || failure instanceof TimeoutException) {
            return ExitCodes.TIMEOUT;
        }
        if (failure instanceof OutOfMemoryError) {
            return ExitCodes.OUT_OF_MEMORY;
        }
        return failure instanceof IllegalArgumentException ? ExitCodes.USAGE : ExitCodes.FAILED;
    }

    public static int exitCode(ConnectFailure failure) {
        if (failure.reason() != FailureReason.BROKER_REJECTED) {
            return ExitCodes.UNREACHABLE;
        }
        ReasonCode reason = failure.reasonCode();
        return reason == ReasonCode.BAD_USER_NAME_OR_PASSWORD || reason == ReasonCode.NOT_AUTHORIZED
                ? ExitCodes.NOT_AUTHORIZED
                : ExitCodes.REFUSED;
    }

    /** One line, without the name of a Java class if possible. */
    public static String text(Throwable failure) {
        if (failure instanceof FileSystemException file && file.getFile() != null) {
            return Diagnostics.about(Path.of(file.getFile()), file);
        }
        String message = failure.getMessage();
        if (failure instanceof IOException && message != null) {
            return Wording.of(message);
        }
        return message != null && !message.isBlank()
                ? Wording.of(message)
                : failure.getClass().getSimpleName();
    }
}
