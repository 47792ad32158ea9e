package io.godwit.cli.doctor;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** How large a payload is delivered: 64 KiB, then 1 MiB, as far as CONNACK allows. */
final class SizeCheck {
    private static final int[] SIZES = {1 << 16, 1 << 20};
    private static final String[] NAMES = {"64 KiB", "1 MiB"};
    /** More than topic, properties and header of such a PUBLISH take. */
    private static final int OVERHEAD = 512;

    private final ProbeSession session;
    private @Nullable String trouble;

    SizeCheck(ProbeSession session) {
        this.session = session;
    }

    void run() throws InterruptedException {
        long allowed = session.allowed().getOr(Property.MAXIMUM_PACKET_SIZE, (long) Integer.MAX_VALUE);
        String passed = "";
        long nanos = 0;
        for (int i = 0; i < SIZES.length && trouble == null; i++) {
            if (SIZES[i] + OVERHEAD > allowed) {
                trouble = "CONNACK allows packets of " + allowed + " bytes";
                break;
            }
            int size = SIZES[i];
            long start = System.nanoTime();
            session.run(client -> echo(client, size), failure -> trouble = failure);
            if (trouble == null) {
                passed = NAMES[i];
                nanos = System.nanoTime() - start;
            }
        }
        String text = passed.isEmpty() ? "" : "a payload of " + passed + " is delivered";
        Finding finding = trouble == null
                ? Finding.good(CheckStep.SIZE, text)
                : Finding.warning(
                        CheckStep.SIZE,
                        (text.isEmpty()
                                        ? "a payload of " + NAMES[0] + " is not delivered"
                                        : text + ", a larger one is not")
                                + ": " + trouble);
        session.report().add(passed.isEmpty() ? finding : finding.took(nanos).fact("payload", passed));
    }

    private void echo(MqttClient client, int size) throws InterruptedException {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        String topic = session.clients().topic("size");
        Echo echo = new Echo();
        client.subscribe(topic, Qos.AT_LEAST_ONCE, echo::hear);
        client.publish(Message.of(topic, payload).withQos(Qos.AT_LEAST_ONCE));
        if (echo.await(payload, session.clients().limit()) == null) {
            trouble = "it was not delivered within " + session.limit();
        }
    }
}
