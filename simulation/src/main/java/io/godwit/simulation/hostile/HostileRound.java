package io.godwit.simulation.hostile;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One client and what it lives through: first everything that the broker says is altered, then the broker is honest. Then the
 * client must work again, and whatever was started before must have ended.
 */
final class HostileRound {
    /** From the moment when the broker is honest: a keep alive and a half, the pauses between attempts, a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
    private static final int STARTED_AT_MOST = 300;

    // Set once.
    private final MqttBroker broker;
    private final boolean webSocket;
    private final String id;
    private final SplittableRandom random;
    private final ProtocolVersion version;
    private final LinkedBlockingQueue<String> echoes = new LinkedBlockingQueue<>();

    // Round thread only.
    private final Map<String, CompletableFuture<?>> started = new LinkedHashMap<>();
    private long waited;

    HostileRound(MqttBroker broker, boolean webSocket, String id, SplittableRandom random) {
        this.broker = broker;
        this.webSocket = webSocket;
        this.id = id;
        this.random = random;
        this.version = ProtocolVersion.values()[random.nextInt(ProtocolVersion.values().length)];
    }

    /** What is wrong; empty if the client has withstood. */
    List<String> run(MutatingProxy proxy) throws InterruptedException, IOException {
        List<String> faults = new ArrayList<>();
        MqttClient client = client(proxy);
        long hostileNanos = TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(1_500));
        for (long end = System.nanoTime() + hostileNanos; System.nanoTime() < end; ) {
            for (int n = random.nextInt(6); n > 0 && started.size() < STARTED_AT_MOST; n--) {
                start(client);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
        }
        proxy.becomeHonest();
        long begin = System.nanoTime();
        String fault = worksAgain(client, begin + LIMIT.toNanos());
        waited = System.nanoTime() - begin;
        if (fault != null) {
            faults.add(fault + ", state " + client.state());
        }
        started.forEach((what, future) -> {
            if (!hasEnded(future, begin + LIMIT.toNanos())) {
                faults.add(what + " is pending, state " + client.state());
            }
        });
        if (!hasEnded(client.closeAsync(), System.nanoTime() + LIMIT.toNanos())) {
            faults.add("close does not end");
        }
        faults.replaceAll(each -> id + ", MQTT " + version + ": " + each);
        return faults;
    }

    /** How long it took until the client worked again. */
    Duration waited() {
        return Duration.ofNanos(waited);
    }

    private MqttClient client(MutatingProxy proxy) {
        boolean clean = random.nextBoolean();
        MqttClientBuilder builder = MqttClient.builder()
                .server(proxy.uri())
                .protocol(version)
                .clientId(id)
                .cleanSession(clean)
                .keepAlive(KEEP_ALIVE)
                .connackTimeout(KEEP_ALIVE)
                .callTimeout(LIMIT)
                .closeTimeout(Duration.ofMillis(200))
                .retryFirst(random.nextBoolean())
                .reconnect(Reconnect.fixed(Duration.ofMillis(1 + random.nextInt(50))));
        if (version == ProtocolVersion.V5) {
            builder.topicAliasMaximum(random.nextInt(10)).receiveMaximum(1 + random.nextInt(20));
            if (!clean) {
                builder.sessionExpiry(Duration.ofMinutes(1));
            }
        }
        return builder.build();
    }

    private void start(MqttClient client) {
        int number = started.size();
        int what = random.nextInt(10);
        String topic = id + "/" + random.nextInt(3);
        try {
            if (client.state() == ClientState.IDLE || what == 0) {
                started.put("connect " + number, client.connectAsync());
            } else if (what < 3) {
                started.put(
                        "subscribe " + number,
                        client.subscribeAsync(topic, qos(), message -> echoes.add("while hostile")));
            } else if (what == 3) {
                started.put("unsubscribe " + number, client.unsubscribeAsync(topic));
            } else {
                Qos qos = qos();
                byte[] payload = new byte[random.nextInt(random.nextInt(8) == 0 ? 20_000 : 100)];
                started.put(
                        "publish of " + qos + " " + number,
                        client.publishAsync(Message.of(topic, payload).withQos(qos)));
            }
        } catch (MqttException refused) {
            // a bound, or no connection
        }
    }

    private Qos qos() {
        return Qos.values()[random.nextInt(3)];
    }

    /** Null if it does. */
    private @Nullable String worksAgain(MqttClient client, long end) throws InterruptedException {
        String marker = id + "/again";
        Throwable last = null;
        while (System.nanoTime() < end) {
            try {
                client.connectAsync().get(left(end), TimeUnit.NANOSECONDS);
                client.subscribeAsync(marker, Qos.EXACTLY_ONCE, message -> echoes.add(message.text()))
                        .get(left(end), TimeUnit.NANOSECONDS);
                // More than one: the broker's lies have left it with identifiers that it takes for repetitions.
                for (int n = 0; System.nanoTime() < end; n++) {
                    String text = "again " + n;
                    client.publishAsync(
                                    Message.of(marker, text).withQos(n % 2 == 0 ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE))
                            .get(left(end), TimeUnit.NANOSECONDS);
                    if (isEchoed(text)) {
                        return null;
                    }
                }
            } catch (ExecutionException | MqttException failed) {
                last = failed;
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (TimeoutException deaf) {
                return "does not work again within " + LIMIT.toSeconds() + " s";
            }
        }
        return "does not work again within " + LIMIT.toSeconds() + " s: " + last;
    }

    private static long left(long end) {
        return Math.max(1, end - System.nanoTime());
    }

    private boolean isEchoed(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        for (String got = ""; got != null; got = echoes.poll(left(end), TimeUnit.NANOSECONDS)) {
            if (got.equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasEnded(CompletableFuture<?> future, long end) {
        try {
            future.get(left(end), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException ended) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    /** Runs it behind a proxy of its own. */
    List<String> run(AtomicLong connections) throws InterruptedException, IOException {
        try (MutatingProxy proxy = new MutatingProxy(broker, webSocket, random.split(), connections)) {
            return run(proxy);
        }
    }
}
