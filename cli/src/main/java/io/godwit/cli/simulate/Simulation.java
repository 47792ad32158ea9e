package io.godwit.cli.simulate;

import io.godwit.cli.bench.BenchPlan;
import io.godwit.cli.bench.BenchResult;
import io.godwit.cli.bench.DeviceRun;
import io.godwit.cli.bench.Disturbance;
import io.godwit.cli.bench.PayloadSizes;
import io.godwit.cli.bench.Sources;
import io.godwit.cli.bench.Timeline;
import io.godwit.cli.bench.Topics;
import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run of the devices that a file describes, with the report of {@code godwit bench}. */
public final class Simulation {

    private static final int CONNECTING = 100;

    // Set once.
    private final FleetPlan plan;

    private Simulation(FleetPlan plan) {
        this.plan = plan;
    }

    /**
     * Reads what the devices do: YAML, or a recording if the name ends in {@code .jsonl}. What is given here wins over the
     * file.
     *
     * @throws IllegalArgumentException with file, place and what would be right
     */
    public static Simulation read(
            Path file, @Nullable Integer count, @Nullable Duration ramp, @Nullable Duration duration)
            throws IOException {
        FleetPlan read = FleetFile.read(file);
        return new Simulation(new FleetPlan(
                count != null ? count : read.count(),
                ramp != null ? ramp : read.ramp(),
                duration != null ? duration : read.duration(),
                read.folder(),
                read.identities(),
                read.connection(),
                read.publications(),
                read.answers(),
                read.faults(),
                read.recorded()));
    }

    /** The run as a load test sees it: devices are publishers. */
    public BenchPlan benchPlan(String servers, ProtocolVersion version) {
        int size = plan.size();
        double seconds = plan.ramp().toNanos() / 1e9;
        Duration endless = Duration.ofDays(365);
        Duration duration = plan.duration();
        boolean publishes = plan.rate() > 0;
        return new BenchPlan(
                servers,
                version,
                "device",
                publishes ? size : 0,
                0,
                publishes ? 0 : size,
                Topics.each,
                "devices",
                null,
                plan.highestQos(),
                Qos.AT_MOST_ONCE,
                PayloadSizes.parse("1"),
                false,
                MqttProperties.NONE,
                plan.rate(),
                1,
                seconds > 0 ? size / seconds : 0,
                CONNECTING,
                Duration.ZERO,
                duration == null ? endless : duration,
                0,
                Duration.ofSeconds(5),
                Sources.ANY,
                null,
                Disturbance.NONE);
    }

    /** Whether the file names a user for each device. */
    public boolean hasUsers() {
        return plan.connection().username() != null;
    }

    /** Prepares the run. */
    public DeviceRun start(
            BenchPlan bench,
            Transport transport,
            TransportOptions options,
            SimulatedFleet.Builders builders,
            Consumer<Timeline.Sample> live) {
        SimulatedFleet fleet = new SimulatedFleet(plan, transport, options, builders);
        DeviceRun run = new DeviceRun(bench, fleet, live);
        fleet.listener(run.connections());
        return run;
    }

    /** The exit code of a result: connections that the plan cuts are not a failure. */
    public int exitCode(BenchResult result) {
        int code = result.verdict().exitCode();
        boolean planned = plan.faults().offlineEvery() != null && code == ExitCodes.CONNECTION_LOST;
        return planned ? ExitCodes.OK : code;
    }
}
