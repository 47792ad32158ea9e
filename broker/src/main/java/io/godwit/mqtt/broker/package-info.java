/**
 * A model of an MQTT broker as plain objects: packets and time go in, packets come out. No socket, no thread, no clock,
 * and every collection is ordered, so the same calls always give the same answers.
 */
@NullMarked
package io.godwit.mqtt.broker;

import org.jspecify.annotations.NullMarked;
