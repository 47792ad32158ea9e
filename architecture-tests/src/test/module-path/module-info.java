/** A program that lives on the module path, as a user's would. */
module smoke {
    requires io.godwit.mqtt.client;
    requires io.godwit.mqtt.store;
    requires io.godwit.mqtt.broker;
    requires io.godwit.mqtt.micrometer;
    requires io.godwit.mqtt.opentelemetry;
    requires io.godwit.testkit;
    requires io.godwit.nodemcu;
    requires io.godwit.nodemcu.lua;
    requires io.godwit.streams;
}
