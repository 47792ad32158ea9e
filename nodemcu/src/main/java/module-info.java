/** NodeMCU's mqtt module as a Java class. */
module io.godwit.nodemcu {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.client;
    requires io.netty.buffer;
    requires org.slf4j;

    exports io.godwit.nodemcu;
}
