package io.godwit.testkit;

import io.godwit.mqtt.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message that a {@link TestBroker} has taken.
 *
 * @param clientId who published it (or whose will it was); null for one of the broker's own
 * @param message as it came, its topic alias resolved
 */
public record SeenMessage(@Nullable String clientId, Message message) {
    public String topic() {
        return message.topic();
    }

    /** The payload as UTF-8 text. */
    public String text() {
        return message.text();
    }
}
