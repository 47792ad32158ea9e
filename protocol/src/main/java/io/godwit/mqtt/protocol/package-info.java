/** The vocabulary of MQTT: versions, qualities of service, reason codes, topics, messages, and one record per packet. */
@NullMarked
package io.godwit.mqtt.protocol;

import org.jspecify.annotations.NullMarked;
