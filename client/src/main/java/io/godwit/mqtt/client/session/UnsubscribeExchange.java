package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.Unsubscribe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unsubscribe: UNSUBSCRIBE and UNSUBACK. Handlers stay until the broker has agreed, since until then it may send
 * messages.
 */
public abstract non-sealed class UnsubscribeExchange<T> extends Exchange<T> {
    // Set once.
    private final List<TopicFilter> filters;
    private final MqttProperties properties;
    private final @Nullable List<? extends Handler> handlers;

    /** @param handlers those to remove when the broker has agreed; null: all of these filters */
    protected UnsubscribeExchange(
            List<TopicFilter> filters,
            MqttProperties properties,
            @Nullable List<? extends Handler> handlers,
            boolean waited) {
        super(waited);
        this.filters = filters;
        this.properties = properties;
        this.handlers = handlers;
    }

    public final List<TopicFilter> filters() {
        return filters;
    }

    final @Nullable List<? extends Handler> handlers() {
        return handlers;
    }

    final Unsubscribe packet(int identifier) {
        return new Unsubscribe(identifier, filters, properties);
    }
}
