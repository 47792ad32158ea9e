/**
 * The interfaces between the engine and whatever carries its bytes: sockets, a simulated network, a packet tap. Knows no
 * MQTT. Not exported: no type of this package appears in the public API.
 */
@NullMarked
package io.godwit.mqtt.client.transport;

import org.jspecify.annotations.NullMarked;
