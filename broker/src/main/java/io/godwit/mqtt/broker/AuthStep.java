package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What a broker answers to one step of extended authentication, section 4.12 of MQTT 5. */
public sealed interface AuthStep {
    /** The client is authenticated; {@code data} goes with the CONNACK (or the last AUTH), null for none. */
    record Accept(byte @Nullable [] data) implements AuthStep {}

    /** Another AUTH goes to the client, with {@code data}, and one is awaited from it. */
    record Continue(byte[] data) implements AuthStep {}

    /** The client is refused. */
    record Refuse(ReasonCode reason) implements AuthStep {}
}
