/** Spans and metrics of MQTT clients for OpenTelemetry; docs/observability.md lists every span, attribute and meter. */
@NullMarked
package io.godwit.mqtt.opentelemetry;

import org.jspecify.annotations.NullMarked;
