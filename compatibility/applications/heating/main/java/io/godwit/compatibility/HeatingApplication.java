package io.godwit.compatibility;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application that shows the last temperature, and sends set points. */
@SpringBootApplication
public class HeatingApplication {
    public static void main(String[] args) {
        SpringApplication.run(HeatingApplication.class, args);
    }

    @Bean
    MqttClient mqttClient(@Value("${broker}") String broker) {
        MqttClient client = MqttClient.builder()
                .server(broker)
                .clientId("heating")
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .build();
        client.connect();
        return client;
    }
}
