package io.godwit.compatibility;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A web application that has a client while it is deployed, and exchanges small and large messages of each QoS with itself. Afterwards
 * it answers set points.
 */
public class HeatingListener implements ServletContextListener {
    private MqttClient client;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        client = MqttClient.builder()
                .server(event.getServletContext().getInitParameter("broker"))
                .clientId("heating")
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .build();
        client.connect();
        CountDownLatch received = new CountDownLatch(2 * Qos.values().length);
        client.subscribe("heating", Qos.EXACTLY_ONCE, message -> {
            if (Thread.currentThread().getContextClassLoader() == HeatingListener.class.getClassLoader()) {
                received.countDown();
            }
        });
        client.subscribe(
                "heating/set",
                Qos.EXACTLY_ONCE,
                message ->
                        client.publishAsync(message.withTopic("heating/target").withQos(Qos.AT_LEAST_ONCE)));
        for (Qos qos : Qos.values()) {
            client.publish(Message.of("heating", "21.5").withQos(qos));
            client.publish(Message.of("heating", new byte[100_000]).withQos(qos));
        }
        try {
            if (!received.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("not received, or with another context class loader");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        client.close();
    }
}
