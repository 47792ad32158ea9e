package io.godwit.simulation.rivals;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Two clients with one identifier throw each other out, for as long as it shall take. Their attempts must be bounded by the
 * default back-off, each takeover must be reported as one if the broker says so, and nothing that they have accepted may get lost.
 *
 * <p>There are two such pairs. One begins a new session with each connection and publishes at QoS 1 and 2. The other one
 * shares a session, and publishes at QoS 1 only: both give out the packet identifiers of that session, so a broker must take
 * a publish of QoS 2 for a repetition of one that the other client has begun [MQTT-4.3.3-10].
 */
final class RivalCampaign {
    private static final Duration BETWEEN = Duration.ofMillis(50);

    /** How long the publishes that are left may take in the end. */
    private static final Duration LAST = Duration.ofMinutes(3);

    private static final Duration LOOK = Duration.ofMillis(20);

    /** The default policy of clients, in seconds. */
    private static final double FIRST_DELAY = 1;

    private static final double LONGEST_DELAY = 120;

    private final String server;
    private final Map<String, AtomicInteger> arrived = new ConcurrentHashMap<>();

    RivalCampaign(String server) {
        this.server = server;
    }

    /**
     * @param attempts of all four clients
     * @param takeovers that the broker told them of
     * @param silentEnds connections that the broker closed without a reason; it should be a takeover too
     * @param published publishes that were accepted
     * @param inDoubt of QoS 2, which failed since their session was lost
     * @param faults what is wrong; empty when all promises were kept
     */
    record Outcome(int attempts, int takeovers, int silentEnds, int published, int inDoubt, List<String> faults) {}

    Outcome run(Duration time) {
        List<Rival> rivals = new ArrayList<>();
        try (MqttClient observer = observer()) {
            observer.subscribe(
                    "rivals/#",
                    Qos.EXACTLY_ONCE,
                    message -> arrived.computeIfAbsent(message.text(), absent -> new AtomicInteger())
                            .incrementAndGet());
            for (int i = 1; i <= 2; i++) {
                rivals.add(new Rival(server, "kept", "kept-" + i, false, List.of(Qos.AT_LEAST_ONCE)));
                rivals.add(
                        new Rival(server, "clean", "clean-" + i, true, List.of(Qos.AT_LEAST_ONCE, Qos.EXACTLY_ONCE)));
            }
            rivals.forEach(Rival::connect);
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                rivals.forEach(Rival::publish);
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
            return account(rivals, time);
        } finally {
            rivals.forEach(Rival::close);
        }
    }

    private MqttClient observer() {
        MqttClient observer = MqttClient.builder()
                .server(server)
                .protocol(ProtocolVersion.V5)
                .clientId("observer-of-rivals")
                .reconnect(Reconnect.fixed(Duration.ofMillis(50)))
                .build();
        observer.connect();
        return observer;
    }

    private Outcome account(List<Rival> rivals, Duration time) {
        int attempts = rivals.stream().mapToInt(Rival::attempts).sum();
        int takeovers = rivals.stream().mapToInt(Rival::takeovers).sum();
        int silentEnds = rivals.stream().mapToInt(Rival::silentEnds).sum();
        List<String> faults = new ArrayList<>();
        for (Rival rival : rivals) {
            int most = mostAttempts(time);
            if (rival.attempts() > most) {
                faults.add(rival.name + " has tried to connect " + rival.attempts() + " times; " + most
                        + " are the most that its back-off should make of " + time.toSeconds() + " s");
            }
            if (!rival.otherEnds().isEmpty()) {
                faults.add(rival.name + " was not ended by the other client: " + rival.otherEnds());
            }
        }
        if (takeovers + silentEnds == 0) {
            faults.add("no client has thrown out another");
        }
        finish(rivals, faults);
        int published = rivals.stream().mapToInt(one -> one.publishes().size()).sum();
        int inDoubt = rivals.stream().mapToInt(one -> check(one, faults)).sum();
        return new Outcome(attempts, takeovers, silentEnds, published, inDoubt, faults);
    }

    /** Each client is asked to connect in turn, without waiting for its back-off, until all that it has accepted has ended. */
    private static void finish(List<Rival> rivals, List<String> faults) {
        for (Rival rival : rivals) {
            rival.connect();
            if (!waitFor(rival::isDone)) {
                faults.add(rival.outstanding() + " publishes of " + rival.name + " have not ended");
            }
        }
    }

    /**
     * How many attempts the policy makes in this time on average, twice, and ten more, since its delays are random. A client that
     * started over with each connection made two a second.
     */
    static int mostAttempts(Duration time) {
        double seconds = 0;
        int attempts = 0;
        while (seconds < time.toSeconds()) {
            seconds += Math.min(FIRST_DELAY * Math.pow(2, attempts), LONGEST_DELAY) / 2;
            attempts++;
        }
        return 2 * attempts + 10;
    }

    /** Checks how the publishes of a client have ended. Returns how many are in doubt. */
    private int check(Rival rival, List<String> faults) {
        List<String> lost = new ArrayList<>();
        List<String> twice = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        int inDoubt = 0;
        waitFor(() -> rival.publishes().entrySet().stream()
                .allMatch(each -> !each.getValue().isDone()
                        || each.getValue().isCompletedExceptionally()
                        || arrivals(each.getKey()) > 0));
        for (var each : rival.publishes().entrySet()) {
            if (!each.getValue().isDone()) {
                continue; // counted already
            }
            Throwable failure = Rival.failure(each.getValue());
            boolean exactlyOnce = rival.qosOf(each.getKey()) == Qos.EXACTLY_ONCE;
            if (failure != null && exactlyOnce && Rival.isSessionLost(failure)) {
                inDoubt++;
            } else if (failure != null) {
                failed.add(each.getKey() + ": " + failure);
            } else if (arrivals(each.getKey()) == 0) {
                lost.add(each.getKey());
            }
            if (exactlyOnce && arrivals(each.getKey()) > 1) {
                twice.add(each.getKey());
            }
        }
        blame(lost, "publishes succeeded and are lost", faults);
        blame(twice, "publishes of QoS 2 arrived more than once", faults);
        blame(failed, "publishes failed", faults);
        return inDoubt;
    }

    private int arrivals(String number) {
        AtomicInteger times = arrived.get(number);
        return times == null ? 0 : times.get();
    }

    private static void blame(List<String> numbers, String what, List<String> faults) {
        if (!numbers.isEmpty()) {
            faults.add(numbers.size() + " " + what + ", such as " + numbers.subList(0, Math.min(5, numbers.size())));
        }
    }

    private static boolean waitFor(BooleanSupplier condition) {
        long end = System.nanoTime() + LAST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return true;
    }
}
