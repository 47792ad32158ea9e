package io.godwit.web.browser;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A broker and a publisher in a process of their own, so that the load does not count as the watcher's memory. Prints the broker's
 * address, and publishes once a line comes in: many topics in turn at a steady rate, and ten times per second its clock on the
 * topic {@code probe}. Ends when its input does.
 */
final class LoadSource {
    static final String PROBE = "probe";
    private static final int STEPS_PER_SECOND = 100;

    private LoadSource() {}

    /** @param arguments topics, messages per second */
    public static void main(String[] arguments) throws Exception {
        int topics = Integer.parseInt(arguments[0]);
        int rate = Integer.parseInt(arguments[1]);
        try (MqttBroker broker = MqttBroker.builder().start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            System.out.println(broker.uri());
            Thread publisher = null;
            for (int c = System.in.read(); c >= 0; c = System.in.read()) {
                if (c == '\n' && publisher == null) {
                    publisher = new Thread(() -> publish(client, topics, rate), "load");
                    publisher.setDaemon(true);
                    publisher.start();
                }
            }
        }
        System.exit(0);
    }

    private static void publish(MqttClient client, int topics, int rate) {
        String[] names = new String[topics];
        for (int i = 0; i < topics; i++) {
            names[i] = "site" + i % 20 + "/line" + i / 20 % 100 + "/device" + i + "/state";
        }
        long start = System.nanoTime();
        long sent = 0;
        try {
            for (long step = 1; ; step++) {
                for (long until = rate * step / STEPS_PER_SECOND; sent < until; sent++) {
                    String text = "{\"value\":" + sent % 1_000 + ",\"count\":" + sent
                            + ",\"state\":\"running\",\"unit\":\"bar\"}";
                    client.publishAsync(Message.of(names[(int) (sent % topics)], text.getBytes(StandardCharsets.UTF_8))
                            .withQos(Qos.AT_MOST_ONCE));
                }
                if (step % (STEPS_PER_SECOND / 10) == 0) {
                    client.publishAsync(Message.of(PROBE, String.valueOf(System.currentTimeMillis()))
                            .withQos(Qos.AT_MOST_ONCE));
                }
                long next = start + step * TimeUnit.SECONDS.toNanos(1) / STEPS_PER_SECOND;
                TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
