package io.godwit.simulation;

import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.util.SplittableRandom;

/** What is drawn for a run. Times are in milliseconds unless they say otherwise. */
record RunSettings(
        ProtocolVersion version,
        Storage storage,
        Sending sending,
        Handling handling,
        Network network,
        Broker broker,
        Workload workload,
        FaultMix faults) {
    /** @param latency most that a write takes */
    record Storage(boolean onDisk, boolean crashes, long latency) {}

    /** @param keepAlive in seconds */
    record Sending(
            SessionLoss sessionLoss,
            int maximumInFlight,
            int queued,
            int queuedBytes,
            WhenFull whenFull,
            int keepAlive) {}

    /** What becomes of messages without a handler. */
    record Unhandled(boolean unsubscribes, int messages, long longest) {}

    /** What becomes of a message whose handler throws: it is refused, or ... */
    enum Failure {
        REFUSED,
        /** ... the handler is called again, */
        CALLED_AGAIN,
        /** a copy is published to another topic. */
        DEAD_LETTER
    }

    /**
     * @param failsOneIn how often a handler throws; {@link Integer#MAX_VALUE}: never
     * @param concurrency handlers at once
     */
    record Handling(
            boolean manual,
            boolean onLoop,
            int failsOneIn,
            int inbox,
            int concurrency,
            Failure failure,
            Unhandled unhandled) {}

    /** @param duplicateOneIn how often an acknowledgement comes twice */
    record Network(long latency, int duplicateOneIn) {}

    /** @param forgets whether it may lose its state */
    record Broker(boolean forgets, int receiveMaximum, int inFlight) {}

    /**
     * @param batches lists of publishes, next to the single ones
     * @param poison whether the broker ends the connection whenever it gets one certain publish
     */
    record Workload(int publishes, int batches, int messages, int churns, boolean expiry, boolean poison) {}

    static RunSettings draw(SplittableRandom random) {
        ProtocolVersion version = ProtocolVersion.values()[random.nextInt(3)];
        boolean onDisk = random.nextInt(5) != 0;
        boolean crashes = onDisk && random.nextInt(3) != 0;
        Broker broker = new Broker(
                version != ProtocolVersion.V3_1 && random.nextInt(4) == 0,
                random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1_000,
                1 + random.nextInt(20));
        Handling handling = handling(random);
        return new RunSettings(
                version,
                new Storage(onDisk, crashes, 1 + random.nextInt(20)),
                sending(random, crashes),
                handling,
                new Network(1 + random.nextInt(40), random.nextBoolean() ? 8 : Integer.MAX_VALUE),
                broker,
                new Workload(
                        5 + random.nextInt(40),
                        random.nextBoolean() ? 1 + random.nextInt(8) : 0,
                        5 + random.nextInt(40),
                        random.nextBoolean() ? 1 + random.nextInt(12) : 0,
                        version == ProtocolVersion.V5 && random.nextBoolean(),
                        random.nextInt(6) == 0),
                FaultMix.draw(random, fault -> isPossible(fault, version, crashes, broker, handling)));
    }

    private static Handling handling(SplittableRandom random) {
        boolean onLoop = random.nextInt(4) == 0;
        return new Handling(
                random.nextInt(3) == 0,
                onLoop,
                random.nextBoolean() ? 10 : Integer.MAX_VALUE,
                random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 8_192,
                onLoop || random.nextBoolean() ? 1 : 2 + random.nextInt(4),
                Failure.values()[random.nextInt(3)],
                random.nextBoolean()
                        ? new Unhandled(false, 1_000, 10_000)
                        : new Unhandled(random.nextBoolean(), random.nextInt(4), random.nextInt(10_000)));
    }

    private static Sending sending(SplittableRandom random, boolean crashes) {
        return new Sending(
                SessionLoss.values()[random.nextInt(3)],
                random.nextInt(4) == 0 ? 100 : 1 + random.nextInt(6),
                random.nextInt(4) == 0 ? random.nextInt(5) : 10_000,
                random.nextInt(4) == 0 ? 200 + random.nextInt(1_500) : 1 << 20,
                crashes || random.nextBoolean() ? WhenFull.FAIL : WhenFull.values()[random.nextInt(4)],
                2 + random.nextInt(10));
    }

    private static boolean isPossible(
            Fault fault, ProtocolVersion version, boolean crashes, Broker broker, Handling handling) {
        return switch (fault) {
            case BROKER_LOSES_ITS_STATE -> broker.forgets;
            case CRASH, POWER_FAILS -> crashes;
            case LIMITS_CHANGE -> version == ProtocolVersion.V5;
            case HANDLERS_BLOCKED -> !handling.onLoop;
            default -> true;
        };
    }
}
