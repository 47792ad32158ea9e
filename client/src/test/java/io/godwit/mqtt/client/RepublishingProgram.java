package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Qos;

/** A program whose handler publishes each message on and waits for the acknowledgement. Argument: the broker's address. */
final class RepublishingProgram {
    private RepublishingProgram() {}

    public static void main(String[] arguments) {
        MqttClient client = MqttClient.builder()
                .server(arguments[0])
                .clientId("program")
                .logging(false)
                .build();
        client.connect();
        client.subscribe("in", Qos.AT_MOST_ONCE, message -> {
            client.publish("out", message.payload());
            System.out.println("published on");
        });
    }
}
