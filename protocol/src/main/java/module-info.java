/** MQTT 3.1, 3.1.1 and 5.0 as values. */
module io.godwit.mqtt.protocol {
    requires static org.jspecify;

    exports io.godwit.mqtt.protocol;
}
