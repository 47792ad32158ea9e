package io.godwit.cli.statistics;

import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.MqttClient;

/** Something that counts: a client, or all clients of a command together. Any thread. */
public interface StatisticsSource {
    /** The client identifier, or a label for a group of clients. */
    String name();

    ClientStatistics statistics();

    /** How many connections there are now. */
    default int connected() {
        return statistics().connections().connectedSince() == null ? 0 : 1;
    }

    /** One client under its own identifier. */
    static StatisticsSource of(MqttClient client) {
        return of(client.clientId(), client);
    }

    /** One client under another name. */
    static StatisticsSource of(String name, MqttClient client) {
        return new StatisticsSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public ClientStatistics statistics() {
                return client.statistics();
            }
        };
    }
}
