/** Tests of the connectors with a broker in memory, and without a Kafka. */
package io.godwit.kafka.connect;
