/**
 * Connections that carry bytes: the interfaces which the engine uses, and their implementation on Netty. Knows no MQTT.
 * Not exported: no type of this package appears in the public API.
 */
@NullMarked
package io.godwit.mqtt.client.transport;

import org.jspecify.annotations.NullMarked;
