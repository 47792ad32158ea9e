package io.godwit.simulation.kill;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * The process that is killed: it publishes numbers of QoS 1 and 2 as fast as a window allows, and receives others. What
 * was accepted and what was handled it writes into a journal, one write a line, which a kill cannot take back.
 */
final class KilledClient {
    private static final int WINDOW = 100;

    private KilledClient() {}

    /** Arguments: folder, server, number of this life, how many to publish (0: only receive, until killed). */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        String server = arguments[1];
        int life = Integer.parseInt(arguments[2]);
        int publishes = Integer.parseInt(arguments[3]);
        FileChannel journal =
                FileChannel.open(folder.resolve("journal"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        MqttClient client = MqttClient.builder()
                .server(server)
                .protocol(ProtocolVersion.V5)
                .clientId("killed")
                .cleanSession(false)
                .sessionExpiry(Duration.ofHours(1))
                .keepAlive(Duration.ofSeconds(3))
                .receiveMaximum(KillCampaign.RECEIVE_MAXIMUM)
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .retryFirst(true)
                .store(DiskStore.builder(folder.resolve("state"))
                        .segmentSize(64 << 10)
                        .build())
                .listener(new ClientListener() {
                    @Override
                    public void publishFailed(MqttClient of, Message message, MqttException failure) {
                        write(journal, "failed " + life + " " + message.text());
                    }
                })
                .handler("kill/in/#", message -> write(journal, "handled " + life + " " + message.text()))
                .build();
        client.connect();
        client.subscribe("kill/in/#", Qos.EXACTLY_ONCE, message -> {});
        write(journal, "ready " + life);
        Semaphore window = new Semaphore(WINDOW);
        for (int i = 0; i < publishes; i++) {
            window.acquire();
            long number = life * 1_000_000L + i;
            Qos qos = number % 2 == 0 ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE;
            CompletableFuture<PublishResult> publication = client.publishAsync(
                    Message.of("kill/out/" + qos.level(), Long.toString(number)).withQos(qos));
            client.stored().thenRun(() -> write(journal, "accepted " + life + " " + number));
            publication.whenComplete((done, failure) -> window.release());
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void write(FileChannel journal, String line) {
        try {
            journal.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException failure) {
            throw new IllegalStateException("the journal cannot be written", failure);
        }
    }
}
