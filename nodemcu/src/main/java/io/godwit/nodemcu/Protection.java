package io.godwit.nodemcu;

import io.godwit.mqtt.client.road.Road;

/** Turns the module's {@code secure} argument into the TLS settings of a road. */
final class Protection {

    private Protection() {}

    static void apply(Secure secure, Road.Builder road) {}
}
