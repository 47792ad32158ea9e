/** For tests of code that uses MQTT: a broker in the test, a scripted broker, a fault proxy, a JUnit extension. */
module io.godwit.testkit {
    requires static org.jspecify;
    requires static org.junit.jupiter.api;
    requires transitive io.godwit.mqtt.broker;
    requires io.godwit.mqtt.codec;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.slf4j;

    exports io.godwit.testkit;
}
