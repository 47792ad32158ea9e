/** The codec between MQTT packets and bytes, for the modules of Godwit. */
module io.godwit.mqtt.codec {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.protocol;
    requires transitive io.netty.buffer;

    exports io.godwit.mqtt.codec to
            io.godwit.mqtt.client,
            io.godwit.mqtt.store,
            io.godwit.mqtt.broker,
            io.godwit.testkit;
}
