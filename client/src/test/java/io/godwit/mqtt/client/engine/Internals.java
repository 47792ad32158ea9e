package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttClient;

/** What tests ask of the inside of a client. */
public final class Internals {
    private Internals() {}

    /** Waits for the session's lock and gives it back. */
    public static void lockOnce(MqttClient client) {
        of(client).session().run(locked -> {});
    }

    /** Bytes that wait for the connection. */
    public static long unsent(MqttClient client) {
        return of(client).session().call(locked -> locked.outbox().size());
    }

    /** Bytes that wait for the connection and for the handlers. */
    public static long held(MqttClient client) {
        return of(client)
                .session()
                .call(locked -> locked.outbox().size() + locked.inbox().waitingBytes());
    }

    /** Whether the client has stopped reading because its handlers have too much to do. */
    public static boolean isPausedByHandlers(MqttClient client) {
        return of(client).session().call(locked -> of(client).pause().isPausedByHandlers(locked));
    }

    /** Requests that wait for their response. */
    public static int waitingRequests(MqttClient client) {
        return of(client).requests().waiting();
    }

    private static RealMqttClient of(MqttClient client) {
        return (RealMqttClient) client;
    }
}
