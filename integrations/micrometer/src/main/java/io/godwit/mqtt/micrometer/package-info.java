/** Metrics of MQTT clients for Micrometer; docs/observability.md lists every meter. */
@NullMarked
package io.godwit.mqtt.micrometer;

import org.jspecify.annotations.NullMarked;
