package io.godwit.mqtt.protocol;

import java.util.Objects;

/** A name and value that an application puts on a packet of MQTT 5; the same name may appear more than once. */
public record UserProperty(String name, String value) {
    public UserProperty {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }
}
