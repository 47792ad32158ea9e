package io.godwit.mqtt.client;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Loses its connection while the process has no file handle left, and gets them back after three failed attempts. Run with few
 * handles. Arguments: the broker's address.
 *
 * <p>A failed attempt and a reconnect come first, with handles: class files in a folder need one to be loaded, unlike those in an
 * open jar.
 */
final class ProgramWithoutHandles {
    private static final List<Closeable> HANDLES = new CopyOnWriteArrayList<>();

    private ProgramWithoutHandles() {}

    public static void main(String[] arguments) throws Exception {
        failOnce();
        CountDownLatch exhausted = new CountDownLatch(1);
        CountDownLatch failures = new CountDownLatch(3);
        AtomicInteger connections = new AtomicInteger();
        MqttClient client = MqttClient.builder()
                .server(arguments[0])
                .clientId("program")
                .reconnect(attempt -> {
                    if (exhausted.getCount() == 0 && failures.getCount() > 0) {
                        takeAll(); // the lost connection's handle too
                    }
                    return Duration.ofMillis(20);
                })
                .listener(new ClientListener() {
                    @Override
                    public void connected(MqttClient from, ConnectResult result) {
                        System.out.println("connection " + connections.incrementAndGet());
                    }

                    @Override
                    public void connectFailed(MqttClient from, ConnectFailure failure, @Nullable Duration next) {
                        failures.countDown();
                    }
                })
                .build();
        client.connect();
        client.subscribe("exhaust", message -> {
            takeAll();
            exhausted.countDown();
            System.out.println("exhausted");
        });
        System.out.println("subscribed");
        failures.await();
        for (Closeable each : HANDLES) {
            each.close();
        }
    }

    private static void failOnce() throws Exception {
        CountDownLatch failed = new CountDownLatch(2);
        try (MqttClient client = MqttClient.builder()
                .server("mqtt://127.0.0.1:1")
                .retryFirst(true)
                .reconnect(Reconnect.fixed(Duration.ofMillis(1)))
                .listener(new ClientListener() {
                    @Override
                    public void connectFailed(MqttClient from, ConnectFailure failure, @Nullable Duration next) {
                        failed.countDown();
                    }
                })
                .build()) {
            client.connectAsync();
            failed.await();
        }
    }

    private static void takeAll() {
        try {
            while (true) {
                HANDLES.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException noMore) {
            return;
        }
    }
}
