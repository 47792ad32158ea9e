/** The connectors in real Kafka Connect workers, with a real Kafka and a real MQTT broker. */
package io.godwit.interop.kafka;
