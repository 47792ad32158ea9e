package io.godwit.spring;

import io.godwit.mqtt.client.MqttClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.DisposableBean;

/** The application's clients by the names of their properties. Closes them when the application stops. */
public final class MqttClients implements DisposableBean {
    /** The name of the client that {@code godwit.mqtt.*} itself describes. */
    public static final String DEFAULT = "default";

    // Set once.
    private final Map<String, MqttClient> clients;

    private final RestoredSubscriptions restored;

    /** @param restored a listener of each of the clients */
    MqttClients(Map<String, MqttClient> clients, RestoredSubscriptions restored) {
        this.clients = new LinkedHashMap<>(clients);
        this.restored = restored;
    }

    /**
     * The client of this name, {@link #DEFAULT} for the default one.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that there are
     */
    public MqttClient get(String name) {
        MqttClient client = clients.get(name.isEmpty() ? DEFAULT : name);
        if (client == null) {
            throw new IllegalArgumentException(
                    name.isEmpty() || name.equals(DEFAULT)
                            ? "there is no default MQTT client: set godwit.mqtt.servers"
                            : "there is no MQTT client '" + name + "', but " + clients.keySet()
                                    + ": set godwit.mqtt.clients." + name + ".servers");
        }
        return client;
    }

    /** The names, the default client first if there is one. */
    public Set<String> names() {
        return Set.copyOf(clients.keySet());
    }

    /** All clients by name. */
    Map<String, MqttClient> all() {
        return clients;
    }

    /** Knows when clients that connect again have their subscriptions. */
    RestoredSubscriptions restored() {
        return restored;
    }

    @Override
    public void destroy() {
        clients.values().forEach(MqttClient::close);
    }
}
