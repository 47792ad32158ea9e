package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.List;

/** Turns failures of the session and reasons of the broker into exceptions and words. */
final class Failures {
    static final Failure CLOSED =
            new Failure(Failure.Kind.CLOSED, ReasonCode.UNSPECIFIED_ERROR, "the client is closed", MqttProperties.NONE);

    private Failures() {}

    static Failure notConnected(String text) {
        return new Failure(Failure.Kind.NOT_CONNECTED, ReasonCode.UNSPECIFIED_ERROR, text, MqttProperties.NONE);
    }

    static MqttException ofPublish(Failure failure) {
        return switch (failure.kind()) {
            case NOT_CONNECTED -> new NotConnectedException(failure.text());
            case CLOSED -> new ClientClosedException(failure.text());
            case STORE -> new MqttStoreException(failure.text(), null);
            default ->
                new PublishException(
                        PublishException.Cause.valueOf(failure.kind().name()),
                        failure.reason(),
                        failure.text(),
                        failure.properties());
        };
    }

    static MqttException ofSubscribe(Failure failure, List<TopicFilter> filters) {
        return failure.kind() == Failure.Kind.LIMIT || failure.kind() == Failure.Kind.BROKER_DISCONNECTS
                ? new SubscribeException(failure.text(), filters, List.of(failure.reason()))
                : ofPublish(failure);
    }

    /** A broker's reason in words. */
    static String describe(ReasonCode reason, MqttProperties properties) {
        String text = properties.get(Property.REASON_STRING);
        return text == null ? reason.describe() : reason.describe() + ": " + text;
    }
}
