package io.godwit.simulation.hostile;

import io.godwit.mqtt.broker.MqttBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many rounds, some at a time: in each a client meets a broker that alters, omits, repeats and reorders packets, and then an
 * honest one.
 */
final class HostileCampaign {
    private static final int AT_A_TIME = 16;
    private static final Duration LIMIT_OF_THREADS = Duration.ofSeconds(10);

    private final long seed;
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();

    HostileCampaign(long seed) {
        this.seed = seed;
    }

    /**
     * What a campaign has shown.
     *
     * @param connections the hostile ones
     * @param slowest how long a client took at most until it worked again
     * @param faults empty if each client has withstood
     */
    record Outcome(int rounds, long connections, Duration slowest, List<String> faults) {}

    Outcome run(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        try (MqttBroker tcp = MqttBroker.start();
                MqttBroker webSocket = MqttBroker.builder().webSocket("/mqtt").start()) {
            List<Thread> threads = new ArrayList<>();
            for (int n = 0; n < AT_A_TIME; n++) {
                Thread thread = new Thread(() -> rounds(tcp, webSocket, end), "hostile-rounds-" + n);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        threadsEnd();
        return new Outcome(rounds.get(), connections.get(), Duration.ofNanos(slowest.get()), List.copyOf(faults));
    }

    private void rounds(MqttBroker tcp, MqttBroker webSocket, long end) {
        try {
            while (System.nanoTime() < end && faults.isEmpty()) {
                int number = rounds.getAndIncrement();
                SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
                boolean isWebSocket = random.nextInt(4) == 0;
                HostileRound round =
                        new HostileRound(isWebSocket ? webSocket : tcp, isWebSocket, "round-" + number, random);
                faults.addAll(round.run(connections));
                slowest.accumulateAndGet(round.waited().toNanos(), Math::max);
            }
        } catch (IOException e) {
            faults.add("a round could not be run: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            faults.add("a round ended with " + e);
        }
    }

    /** Of the clients none may be left. */
    private void threadsEnd() throws InterruptedException {
        long end = System.nanoTime() + LIMIT_OF_THREADS.toNanos();
        List<String> left = clientThreads();
        while (!left.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
            left = clientThreads();
        }
        if (!left.isEmpty()) {
            faults.add("threads are left: " + left);
        }
    }

    private static List<String> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("godwit-"))
                .sorted()
                .toList();
    }
}
