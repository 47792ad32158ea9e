/** An MQTT broker in memory, to embed in tests, commands and simulations. */
module io.godwit.mqtt.broker {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.protocol;
    requires io.godwit.mqtt.codec;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.slf4j;

    exports io.godwit.mqtt.broker;
    exports io.godwit.mqtt.broker.internal to
            io.godwit.testkit;
}
