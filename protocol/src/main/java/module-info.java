/** MQTT 3.1, 3.1.1 and 5.0 as values, and the codec between them and bytes. */
module io.godwit.mqtt.protocol {
    requires static org.jspecify;
    requires transitive io.netty.buffer;

    exports io.godwit.mqtt.protocol;
    exports io.godwit.mqtt.protocol.codec to
            io.godwit.mqtt.client,
            io.godwit.mqtt.store,
            io.godwit.testkit;
}
