package io.godwit.interop.kafka;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Publishes {@code NAME:0}, {@code NAME:1} and so on, and notes which of them the broker has acknowledged. */
final class NumberedPublisher implements AutoCloseable {
    /** Publishes that the broker has not acknowledged yet, at most. */
    static final int MOST_WAITING = 200;

    // Set once.
    private final String name;
    private final Qos qos;
    private final MqttClient client;
    private final Thread thread;
    private final long pauseNanos;
    private final BooleanSupplier goesOn;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);

    // Any thread.
    private volatile boolean ending;
    private volatile int published;

    /** Guarded by itself. */
    private final BitSet acknowledged = new BitSet();

    /** @param perSecond how many messages */
    NumberedPublisher(String name, Qos qos, String broker, int perSecond) {
        this(name, qos, broker, perSecond, () -> true);
    }

    /** @param goesOn false: it waits */
    NumberedPublisher(String name, Qos qos, String broker, int perSecond, BooleanSupplier goesOn) {
        this.goesOn = goesOn;
        this.name = name;
        this.qos = qos;
        this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        client = MqttClient.builder()
                .server(broker)
                .protocol(ProtocolVersion.V5)
                .clientId("publisher-" + name)
                .cleanSession(false)
                .sessionExpiry(Duration.ofHours(1))
                .reconnect(Reconnect.exponential(Duration.ofMillis(100), Duration.ofSeconds(1)))
                .retryFirst(true)
                .daemon(true)
                .build();
        client.connectAsync();
        thread = new Thread(this::run, "publisher-" + name);
        thread.start();
    }

    private void run() {
        try {
            for (long next = System.nanoTime(); !ending; next += pauseNanos) {
                long ahead = next - System.nanoTime();
                if (ahead > 0) {
                    TimeUnit.NANOSECONDS.sleep(ahead);
                }
                while (!goesOn.getAsBoolean() && !ending) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                waiting.acquire();
                int number = published++;
                client.publishAsync(Message.of("numbers/" + name.replace('-', '/'), name + ":" + number)
                                .withQos(qos))
                        .whenComplete((result, failure) -> {
                            if (failure == null) {
                                synchronized (acknowledged) {
                                    acknowledged.set(number);
                                }
                            }
                            waiting.release();
                        });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops publishing and waits for the answers that are missing. */
    void finish() throws InterruptedException {
        ending = true;
        thread.join();
        if (!waiting.tryAcquire(MOST_WAITING, 2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(name + ": not all publishes ended within two minutes");
        }
        waiting.release(MOST_WAITING);
    }

    String name() {
        return name;
    }

    int published() {
        return published;
    }

    BitSet acknowledged() {
        synchronized (acknowledged) {
            return (BitSet) acknowledged.clone();
        }
    }

    @Override
    public void close() {
        ending = true;
        thread.interrupt();
        client.close();
    }
}
