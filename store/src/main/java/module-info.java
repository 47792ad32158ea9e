/** Sessions on disk. */
module io.godwit.mqtt.store {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.client;
    requires io.godwit.mqtt.codec;
    requires io.netty.buffer;
    requires org.slf4j;

    exports io.godwit.mqtt.store;
}
