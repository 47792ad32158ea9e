package io.godwit.mqtt.opentelemetry;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trace context of a message, in its user properties. */
final class UserPropertyContext {
    /** Reads the context of a message. */
    static final TextMapGetter<Message> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Message message) {
            return message.userProperties().stream().map(UserProperty::name).toList();
        }

        @Override
        public @Nullable String get(@Nullable Message message, String key) {
            return message == null ? null : message.userProperty(key);
        }
    };

    private UserPropertyContext() {}

    /** A copy of the message with this context; one that it had, because it was received and is forwarded, is replaced. */
    static Message inject(TextMapPropagator propagator, Context context, Message message) {
        List<UserProperty> added = new ArrayList<>(2);
        propagator.inject(context, added, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.add(new UserProperty(name, value));
            }
        });
        MqttProperties.Builder properties = MqttProperties.builder();
        message.properties().forEach((property, value) -> {
            boolean replaced =
                    value instanceof UserProperty user && propagator.fields().contains(user.name());
            if (!replaced) {
                properties.add(property, value);
            }
        });
        added.forEach(property -> properties.add(Property.USER_PROPERTY, property));
        return message.withProperties(properties.build());
    }

    /** An equal message that is another object, so that one message that is published twice has two spans. */
    static Message copy(Message message) {
        return new Message(message.topic(), message.payload(), message.qos(), message.retain(), message.properties());
    }
}
