/** The MQTT client: its API, the session, the store in memory and the transports. */
module io.godwit.mqtt.client {
    requires static jdk.jfr;
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.protocol;
    requires io.godwit.mqtt.codec;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.handler.proxy;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires java.naming;
    requires org.slf4j;

    exports io.godwit.mqtt.client;
    exports io.godwit.mqtt.client.engine to
            io.godwit.nodemcu,
            io.godwit.nodemcu.lua;
    exports io.godwit.mqtt.client.net;
    exports io.godwit.mqtt.client.store;
    exports io.godwit.mqtt.client.transport to
            io.godwit.nodemcu,
            io.godwit.nodemcu.lua;
}
