package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttClient;
import java.util.function.ToLongFunction;

/** What tests ask of the inside of a client. */
public final class Internals {
    private Internals() {}

    /** Waits for the session's lock and gives it back. */
    public static void lockOnce(MqttClient client) {
        locked(client, core -> 0);
    }

    /** Bytes that wait for the connection. */
    public static long unsent(MqttClient client) {
        return locked(client, core -> core.session.outbox().size());
    }

    /** Bytes that wait for the connection and for the handlers. */
    public static long held(MqttClient client) {
        return locked(
                client,
                core -> core.session.outbox().size() + core.session.inbox().waitingBytes());
    }

    /** Whether the client has stopped reading because its handlers have too much to do. */
    public static boolean isPausedByHandlers(MqttClient client) {
        return locked(client, core -> core.delivery().isPausedByHandlers() ? 1 : 0) == 1;
    }

    /** Requests that wait for their response. */
    public static int waitingRequests(MqttClient client) {
        return ((RealMqttClient) client).requests().waiting();
    }

    private static long locked(MqttClient client, ToLongFunction<ClientCore> question) {
        ClientCore core = ((RealMqttClient) client).core();
        core.acquire();
        try {
            return question.applyAsLong(core);
        } finally {
            core.release();
        }
    }
}
