package io.godwit.simulation.shortage;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The process of a campaign: it uses up handles, threads or memory for a moment, goes on publishing meanwhile, and must work
 * again afterwards. Reports each step in a line. Arguments: the address of the broker, a seed, seconds, and what to use up.
 */
final class ShortageClient {
    static final String TAKEN = "taken";
    static final String FREE = "free";
    static final String BROKEN = "BROKEN";
    static final String CUT = "cut";
    static final String SLOWEST = "slowest";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TOPIC = "shortage/echo";
    private static final int WARM_UPS = 5;
    private static final int STARTED_AT_MOST = 200;

    // Set once.
    private final MqttClient client;
    private final SplittableRandom random;
    private final List<Shortage> kinds;
    private final BlockingQueue<String> echoes = new LinkedBlockingQueue<>();

    // Main thread only.
    private final List<CompletableFuture<?>> started = new ArrayList<>(STARTED_AT_MOST);
    private long slowest;
    private int number;

    private ShortageClient(String address, long seed, List<Shortage> kinds) {
        this.random = new SplittableRandom(seed);
        this.kinds = kinds;
        this.client = MqttClient.builder()
                .server(address)
                .clientId("shortage")
                .cleanSession(false)
                .keepAlive(Duration.ofSeconds(2))
                .connackTimeout(Duration.ofSeconds(2))
                .callTimeout(LIMIT.dividedBy(4)) // also for an answer of the policy that the shortage has lost
                .reconnect(attempt -> Duration.ofMillis(50))
                .build();
    }

    public static void main(String[] arguments) throws InterruptedException {
        List<Shortage> kinds = new ArrayList<>();
        for (String name : arguments[3].split(",")) {
            kinds.add(Shortage.valueOf(name));
        }
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
        ShortageClient process = new ShortageClient(arguments[0], Long.parseLong(arguments[1]), kinds);
        int code = 1;
        try {
            process.run(Duration.ofSeconds(Long.parseLong(arguments[2])));
            code = 0;
        } finally {
            Runtime.getRuntime().halt(code); // what a shortage has left behind must not keep this process
        }
    }

    private void run(Duration time) throws InterruptedException {
        client.connect();
        client.subscribe(TOPIC, Qos.EXACTLY_ONCE, message -> echoes.add(message.text()));
        // Each class that a reconnect needs is loaded while there are handles and memory: Java never tries that twice.
        for (int n = 0; n < WARM_UPS; n++) {
            say(CUT);
            startSome();
            check("without a shortage");
        }
        slowest = 0;
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Shortage kind = kinds.get(random.nextInt(kinds.size()));
            say(TAKEN + " " + kind);
            endure(kind);
            say(FREE);
            check("after a shortage of " + kind);
        }
        say(SLOWEST + " " + TimeUnit.NANOSECONDS.toMillis(slowest));
    }

    private void endure(Shortage kind) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(1_500));
        while (System.nanoTime() < end) {
            Runnable free = kind.take();
            try {
                for (int n = random.nextInt(20); n > 0; n--) {
                    startSome();
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
                }
            } catch (OutOfMemoryError expected) {
                // this thread may be the one that does without
            } finally {
                free.run();
            }
        }
    }

    private void startSome() {
        if (started.size() >= STARTED_AT_MOST) {
            return;
        }
        try {
            Qos qos = Qos.values()[random.nextInt(3)];
            started.add(client.publishAsync(Message.of(
                            TOPIC, new byte[random.nextInt(random.nextInt(4) > 0 ? 2_000 : 40_000)])
                    .withQos(qos)));
        } catch (MqttException | OutOfMemoryError refused) {
            // the caller knows
        }
    }

    /** The client must be connected, deliver, and have ended whatever was started. */
    private void check(String when) throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + LIMIT.toNanos();
        @Nullable String fault = deliversAgain(end);
        slowest = Math.max(slowest, System.nanoTime() - begin);
        for (CompletableFuture<?> future : started) {
            if (fault == null && !hasEnded(future, end)) {
                fault = "a publish is pending";
            }
        }
        started.clear();
        if (fault != null) {
            say(BROKEN + " " + when + ": " + fault + ", state " + client.state());
            System.exit(1);
        }
    }

    private @Nullable String deliversAgain(long end) throws InterruptedException {
        Throwable last = null;
        while (System.nanoTime() < end) {
            String text = "echo " + number++;
            try {
                client.publishAsync(Message.of(TOPIC, text).withQos(Qos.EXACTLY_ONCE))
                        .get(left(end), TimeUnit.NANOSECONDS);
                if (isEchoed(text)) {
                    return null;
                }
            } catch (ExecutionException | MqttException failed) {
                last = failed;
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (TimeoutException e) {
                return "deaf for " + LIMIT.toSeconds() + " s";
            }
        }
        return "nothing was delivered for " + LIMIT.toSeconds() + " s: " + last;
    }

    private boolean isEchoed(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        for (@Nullable String got = ""; got != null; got = echoes.poll(left(end), TimeUnit.NANOSECONDS)) {
            if (got.equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasEnded(CompletableFuture<?> future, long end) throws InterruptedException {
        try {
            future.get(left(end), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | CancellationException ended) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static long left(long end) {
        return Math.max(1, end - System.nanoTime());
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
