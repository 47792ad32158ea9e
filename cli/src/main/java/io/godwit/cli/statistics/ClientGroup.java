package io.godwit.cli.statistics;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.MqttClient;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What many clients have counted together: those that exist, and those that are closed, so that no counter goes back. A
 * listener of all these clients, from which it learns of them.
 */
public final class ClientGroup implements ClientListener, StatisticsSource {
    // Set once.
    private final String name;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Set<MqttClient> clients = new LinkedHashSet<>();
    private ClientStatistics ended = StatisticsSum.ZERO;

    public ClientGroup(String name) {
        this.name = name;
    }

    @Override
    public void built(MqttClient client, int publishes, int subscriptions) {
        lock.lock();
        try {
            clients.add(client);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int connected() {
        return (int) living().stream().filter(MqttClient::isConnected).count();
    }

    @Override
    public ClientStatistics statistics() {
        List<MqttClient> living = living();
        ClientStatistics sum;
        lock.lock();
        try {
            sum = ended;
        } finally {
            lock.unlock();
        }
        for (MqttClient client : living) {
            sum = StatisticsSum.of(sum, client.statistics());
        }
        return sum;
    }

    /** The clients that are not closed; what the others have counted is kept without them. */
    private List<MqttClient> living() {
        lock.lock();
        try {
            clients.removeIf(client -> {
                boolean closed = client.state() == ClientState.CLOSED;
                if (closed) {
                    ended = StatisticsSum.of(ended, client.statistics());
                }
                return closed;
            });
            return new ArrayList<>(clients);
        } finally {
            lock.unlock();
        }
    }
}
