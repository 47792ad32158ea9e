package io.godwit.mqtt.client;

import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.Message;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A program that never closes one client, which has an executor and a transport of its own, and closes the other. Prints
 * whether the threads of the library end with the second. Argument: the address of a broker.
 */
final class AbandonedClientProgram {
    /** Far less than the ten seconds for which an idle thread waits. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(4);

    private AbandonedClientProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        TransportAccess.use(
                        MqttClient.builder()
                                .server(arguments[0])
                                .daemon(true)
                                .logging(false)
                                .executor(Runnable::run),
                        new NettyTransport(1))
                .build();
        CountDownLatch handled = new CountDownLatch(1);
        try (MqttClient client = MqttClient.connect(arguments[0])) {
            client.subscribe("t", message -> handled.countDown());
            client.publish(Message.of("t", "x"));
            handled.await();
        }
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!threads().isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        System.out.println(threads().isEmpty() ? "no threads are left" : "left: " + threads());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("godwit-"))
                .toList();
    }
}
