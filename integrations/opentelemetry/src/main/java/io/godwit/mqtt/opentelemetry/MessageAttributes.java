package io.godwit.mqtt.opentelemetry;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.protocol.Message;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;

/** The attributes of spans: those of OpenTelemetry's messaging conventions, and three of our own, which begin with {@code messaging.mqtt}. */
final class MessageAttributes {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> TEMPLATE = AttributeKey.stringKey("messaging.destination.template");
    static final AttributeKey<String> CLIENT_ID = AttributeKey.stringKey("messaging.client.id");
    static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
    static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    // Ours: OpenTelemetry has no conventions for MQTT.
    static final AttributeKey<Long> QOS = AttributeKey.longKey("messaging.mqtt.qos");
    static final AttributeKey<Boolean> RETAIN = AttributeKey.booleanKey("messaging.mqtt.retain");
    static final AttributeKey<String> REASON_CODE = AttributeKey.stringKey("messaging.mqtt.reason_code");

    private MessageAttributes() {}

    static void set(SpanBuilder span, MqttClient client, Message message) {
        span.setAttribute(SYSTEM, "mqtt")
                .setAttribute(DESTINATION, message.topic())
                .setAttribute(CLIENT_ID, client.clientId())
                .setAttribute(BODY_SIZE, (long) message.payload().length)
                .setAttribute(QOS, (long) message.qos().level());
        if (message.retain()) {
            span.setAttribute(RETAIN, true);
        }
        ConnectResult connection = client.connection();
        if (connection != null && !connection.server().isEmpty()) {
            ServerAddress server = ServerAddress.parse(connection.server());
            span.setAttribute(SERVER_ADDRESS, server.host()).setAttribute(SERVER_PORT, (long) server.port());
        }
    }
}
