/**
 * Connectors between MQTT and Kafka for Kafka Connect. A message from MQTT is acknowledged when Kafka has its record, and an
 * offset of Kafka is committed when the MQTT broker has acknowledged its message.
 */
@NullMarked
package io.godwit.kafka.connect;

import org.jspecify.annotations.NullMarked;
