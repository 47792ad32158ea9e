/** Spans and metrics of MQTT clients for OpenTelemetry. */
module io.godwit.mqtt.opentelemetry {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.client;
    requires transitive io.opentelemetry.api;
    requires io.opentelemetry.context;

    exports io.godwit.mqtt.opentelemetry;
}
