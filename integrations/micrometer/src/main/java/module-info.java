/** Metrics of MQTT clients for Micrometer. */
module io.godwit.mqtt.micrometer {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.client;
    requires transitive micrometer.core;

    exports io.godwit.mqtt.micrometer;
}
