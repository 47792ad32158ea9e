package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What the application is given for the outcome of a publish. */
final class PublishOutcomes {
    private PublishOutcomes() {}

    /** The failure; null: it has succeeded, see {@link #result}. */
    static @Nullable MqttException failure(Message message, Outcome outcome) {
        if (outcome instanceof Failure failure) {
            return Failures.ofPublish(failure);
        }
        PublishResult answer = result(outcome);
        return answer.reason().isError()
                ? new PublishException(
                        PublishException.Cause.REFUSED,
                        answer.reason(),
                        "the broker refused the message for '" + message.topic() + "': "
                                + Failures.describe(answer.reason(), answer.properties()),
                        answer.properties())
                : null;
    }

    /** What the broker has answered. */
    static PublishResult result(Outcome outcome) {
        return outcome instanceof Outcome.Answer answer ? result(answer.packet()) : PublishResult.SUCCESS;
    }

    private static PublishResult result(Packet packet) {
        if (packet instanceof Puback ack) {
            return result(ack.reason(), ack.properties());
        } else if (packet instanceof Pubrec ack) {
            return result(ack.reason(), ack.properties());
        } else if (packet instanceof Pubcomp ack) {
            return result(ack.reason(), ack.properties());
        }
        throw new IllegalStateException("not an answer to a publish: " + packet);
    }

    private static PublishResult result(ReasonCode reason, MqttProperties properties) {
        return reason == ReasonCode.SUCCESS && properties.isEmpty()
                ? PublishResult.SUCCESS
                : new PublishResult(reason, properties);
    }

    /** Whether the application has taken the publish out of the queue. */
    static boolean isCancelled(Outcome outcome) {
        return outcome instanceof Failure failure && failure.kind() == Failure.Kind.CANCELLED;
    }
}
