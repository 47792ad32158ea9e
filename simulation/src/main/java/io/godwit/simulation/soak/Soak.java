package io.godwit.simulation.soak;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A client that publishes to itself at all three levels of QoS, at a bounded rate, with its session on disk, while the
 * connection breaks every few seconds and other clients come and go. What it keeps about the messages does not grow: each level
 * has one topic, whose order shows what is missing or came twice.
 */
final class Soak {
    /** So many publishes may be unanswered; more are not begun. */
    private static final int WINDOW = 2_000;

    /** In less time growth can't be distinguished from what only settles, such as the pool of buffers. */
    static final Duration SETTLED = Duration.ofMinutes(10);

    private static final int SAMPLES = 180;
    private static final Duration BETWEEN_FAULTS = Duration.ofSeconds(4);
    private static final Duration ENDING = Duration.ofSeconds(60);

    private final Path folder;
    private final String host;
    private final int port;
    private final int rate;
    private final Random random;

    private final Semaphore window = new Semaphore(WINDOW);
    private final AtomicLong[] sent = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
    private final AtomicLong[] last = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    /** @param rate messages a second */
    Soak(Path folder, String host, int port, int rate, long seed) {
        this.folder = folder;
        this.host = host;
        this.port = port;
        this.rate = rate;
        this.random = new Random(seed);
    }

    /** @param faults what is wrong; empty when nothing was lost, came twice or grew */
    record Outcome(List<Sample> samples, List<String> faults) {}

    /** @param sampled takes each sample */
    Outcome run(Duration time, Consumer<Sample> sampled) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        try (FaultProxy proxy = FaultProxy.to(host, port, random.nextLong());
                MqttClient client = soaked(proxy)) {
            client.connect();
            client.subscribe("soak/+", Qos.EXACTLY_ONCE, message -> {});
            long start = System.nanoTime();
            long sampleEach = Math.max(200_000_000, time.toNanos() / SAMPLES);
            long nextSample = start + sampleEach;
            long nextFault = start + BETWEEN_FAULTS.toNanos();
            long begun = 0;
            for (long now = start; now - start < time.toNanos(); now = System.nanoTime()) {
                for (long due = (now - start) / (1_000_000_000L / rate); begun < due; begun++) {
                    publish(client, begun);
                }
                if (now - nextFault > 0) {
                    harm(proxy);
                    visit();
                    nextFault += BETWEEN_FAULTS.toNanos();
                }
                if (now - nextSample > 0) {
                    Sample sample = Sample.now((now - start) / 1e9, published.get(), received.get(), connections.get());
                    samples.add(sample);
                    sampled.accept(sample);
                    nextSample += sampleEach;
                }
                LockSupport.parkNanos(10_000_000);
            }
            proxy.heal();
            end();
        }
        if (time.compareTo(SETTLED) >= 0) {
            faults.addAll(Growth.of(samples));
        }
        return new Outcome(samples, List.copyOf(faults));
    }

    private MqttClientBuilder builder(int at) {
        return MqttClient.builder()
                .server("mqtt://127.0.0.1:" + at)
                .protocol(ProtocolVersion.V5)
                .keepAlive(Duration.ofSeconds(5))
                .closeTimeout(Duration.ofSeconds(1));
    }

    private MqttClient soaked(FaultProxy proxy) {
        return builder(proxy.port())
                .clientId("soak")
                .cleanSession(false)
                .sessionExpiry(Duration.ofHours(1))
                .reconnect(Reconnect.exponential(Duration.ofMillis(20), Duration.ofSeconds(1)))
                .retryFirst(true)
                .store(DiskStore.builder(folder).segmentSize(256 << 10).build())
                .handler("soak/+", this::handle)
                .listener(new ClientListener() {
                    @Override
                    public void connected(MqttClient of, ConnectResult result) {
                        connections.incrementAndGet();
                    }
                })
                .build();
    }

    private void publish(MqttClient client, long index) {
        if (!window.tryAcquire()) {
            return; // the connection is down; the rate is a bound, not a promise
        }
        int level = (int) (index % 3);
        long number = sent[level].incrementAndGet();
        CompletableFuture<PublishResult> publication = client.publishAsync(
                Message.of("soak/" + level, number + " " + "x".repeat(100)).withQos(Qos.of(level)));
        publication.whenComplete((done, failure) -> {
            window.release();
            if (failure == null) {
                published.incrementAndGet();
            } else if (level > 0) {
                wrong("publish " + number + " of QoS " + level + " failed: " + failure);
            }
        });
    }

    /** Of QoS 2 the next number must come; of QoS 1 that, or one that has been; of QoS 0 a later one. */
    private void handle(Message message) {
        received.incrementAndGet();
        int level = message.topic().charAt(message.topic().length() - 1) - '0';
        long number = Long.parseLong(message.text().substring(0, message.text().indexOf(' ')));
        long before = last[level].get();
        boolean right = switch (level) {
            case 0 -> number > before;
            case 1 -> number <= before + 1;
            default -> number == before + 1;
        };
        if (!right) {
            wrong("message " + number + " of QoS " + level + " came after " + before);
        }
        last[level].accumulateAndGet(number, Math::max);
    }

    private void wrong(String what) {
        if (wrong.incrementAndGet() <= 10) {
            faults.add(what);
        }
    }

    private void harm(FaultProxy proxy) {
        switch (random.nextInt(5)) {
            case 0 -> proxy.cut();
            case 1 -> proxy.reset();
            case 2 -> proxy.halfCloseToServer();
            case 3 -> {
                proxy.blackhole();
                LockSupport.parkNanos(200_000_000);
                proxy.heal();
                proxy.cut(); // what was swallowed is missing in the stream
            }
            default -> {
                // No fault this time.
            }
        }
    }

    /** Another client connects, publishes and leaves: what it leaves behind would add up. */
    private void visit() {
        try (MqttClient visitor = builder(port).clientId("visitor").build()) {
            visitor.connect();
            visitor.subscribe("visit", message -> {});
            visitor.publish("visit", "hello");
        }
    }

    /** Waits until all has been answered and has come back. */
    private void end() throws InterruptedException {
        if (!window.tryAcquire(WINDOW, ENDING.toSeconds(), TimeUnit.SECONDS)) {
            faults.add(WINDOW - window.availablePermits() + " publishes have not ended");
        }
        long end = System.nanoTime() + ENDING.toNanos();
        while (!allCame() && System.nanoTime() < end) {
            LockSupport.parkNanos(50_000_000);
        }
        for (int level = 1; level <= 2; level++) {
            if (last[level].get() != sent[level].get()) {
                faults.add("of QoS " + level + " " + sent[level] + " were published, and the last that came is "
                        + last[level]);
            }
        }
    }

    private boolean allCame() {
        return last[1].get() == sent[1].get() && last[2].get() == sent[2].get();
    }
}
