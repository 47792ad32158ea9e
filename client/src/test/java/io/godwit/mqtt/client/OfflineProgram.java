package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.util.concurrent.CompletionException;

/** A program that publishes more than the queue of a client takes, with no broker to send it to. Argument: bytes of a payload. */
final class OfflineProgram {
    private static final int MOST = 1_000_000;
    private static final int REFUSED = 10_000;

    private OfflineProgram() {}

    public static void main(String[] arguments) {
        int size = Integer.parseInt(arguments[0]);
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:1")
                .clientId("program")
                .cleanSession(false)
                .retryFirst(true)
                .logging(false)
                .build()) {
            client.connectAsync();
            int refused = 0;
            for (int i = 0; i < MOST && refused < REFUSED; i++) {
                refused += isRefused(client, new byte[size]) ? 1 : 0;
            }
            System.out.println(refused == REFUSED ? "queue full" : "the queue has no bound");
        }
    }

    private static boolean isRefused(MqttClient client, byte[] payload) {
        try {
            client.publishAsync(Message.of("readings", payload).withQos(Qos.AT_LEAST_ONCE))
                    .getNow(null);
            return false;
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof PublishException publish
                    && publish.kind() == PublishException.Cause.QUEUE_FULL) {
                return true;
            }
            throw failed;
        }
    }
}
