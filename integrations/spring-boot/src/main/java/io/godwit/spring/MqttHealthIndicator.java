package io.godwit.spring;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while all clients are connected; the details say each one's state, server and client identifier. */
final class MqttHealthIndicator extends AbstractHealthIndicator {
    // Set once.
    private final MqttClients clients;

    MqttHealthIndicator(MqttClients clients) {
        super("MQTT health check failed");
        this.clients = clients;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        boolean up = true;
        for (Map.Entry<String, MqttClient> client : clients.all().entrySet()) {
            ConnectResult connection = client.getValue().connection();
            up &= connection != null;
            health.withDetail(
                    client.getKey(),
                    connection == null
                            ? Map.of("state", client.getValue().state().name())
                            : Map.of(
                                    "state", client.getValue().state().name(),
                                    "server", connection.server(),
                                    "clientId", connection.clientId()));
        }
        if (up) {
            health.up();
        } else {
            health.down();
        }
    }
}
