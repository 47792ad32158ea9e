package io.godwit.compatibility;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The way into the application over HTTP. */
@RestController
public class HeatingController {
    private final MqttClient client;
    private volatile String temperature = "unknown";

    HeatingController(MqttClient client) {
        this.client = client;
        client.subscribe("boiler/temperature", Qos.AT_LEAST_ONCE, message -> temperature = message.text());
    }

    @GetMapping("/temperature")
    String temperature() {
        return temperature;
    }

    @PostMapping("/target")
    void target(@RequestBody String degrees) {
        client.publishAsync(Message.of("boiler/target", degrees).withQos(Qos.AT_LEAST_ONCE));
    }
}
