/** The host that runs NodeMCU Lua scripts on the JVM. */
module io.godwit.nodemcu.lua {
    requires static org.jspecify;
    requires static io.godwit.testkit;
    requires static org.junit.jupiter.api;
    requires transitive io.godwit.nodemcu;
    requires transitive io.godwit.mqtt.broker;
    requires com.fasterxml.jackson.core;
    requires io.netty.buffer;
    requires java.management;
    requires java.net.http;
    requires org.slf4j;
    requires party.iroiro.luajava;
    requires party.iroiro.luajava.lua51;

    exports io.godwit.nodemcu.lua;
    exports io.godwit.nodemcu.lua.device;
    exports io.godwit.nodemcu.lua.vm;
}
