package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.List;

/** The broker refused a subscription, or all that were asked for; or an unsubscribe. */
public final class SubscribeException extends MqttException {
    private static final long serialVersionUID = 1;

    private final transient List<TopicFilter> filters;
    private final List<ReasonCode> reasons;

    public SubscribeException(String message, List<TopicFilter> filters, List<ReasonCode> reasons) {
        super(message, null);
        this.filters = List.copyOf(filters);
        this.reasons = List.copyOf(reasons);
    }

    /** What was asked for. */
    public List<TopicFilter> filters() {
        return filters;
    }

    /** The broker's answer to each filter, in the same order; on 3.1.1 a refusal is {@link ReasonCode#UNSPECIFIED_ERROR}. */
    public List<ReasonCode> reasons() {
        return reasons;
    }
}
