package io.godwit.cli.bench;

import io.godwit.cli.bench.Tally.Count;
import io.godwit.cli.bench.Timeline.Phase;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A run of simulated devices with the report of a load test: connect, measure, wait for answers, disconnect. */
public final class DeviceRun {
    private static final long LOOK_MILLIS = 20;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** The devices of a run. */
    public interface Devices {
        /** The client of a device, not yet connected; its device starts by itself once it is. */
        MqttClient client(int index, DeviceMeter meter);

        /** Ends all that the devices do by themselves. */
        void stop();
    }

    // Set once.
    private final BenchPlan plan;
    private final Devices devices;
    private final LoadTest test;
    private final Fleet fleet;
    private final DeviceMeter meter;
    private final ProcessUse use = new ProcessUse();
    private final Timeline timeline;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** @param live sees the run in even steps, on a thread of its own */
    public DeviceRun(BenchPlan plan, Devices devices, Consumer<Timeline.Sample> live) {
        this.plan = plan;
        this.devices = devices;
        this.test = new LoadTest(plan);
        this.fleet = new Fleet(plan.connections(), test.problems());
        this.meter = new DeviceMeter(test);
        this.timeline = new Timeline(test, fleet, use, live);
        timeline.watch(meter::inFlight);
    }

    /** Follows the connections of a client, as its listener. */
    public ClientListener connections() {
        return fleet;
    }

    /** Ends the run early; it still waits for what is in flight. Any thread. */
    public void stop() {
        stop.countDown();
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /**
     * Runs.
     *
     * @throws Exception if no device could connect: the first failure
     */
    public BenchResult run() throws Exception {
        Instant started = Instant.now();
        timeline.begin();
        try {
            fleet.connect(index -> devices.client(index, meter), plan.ramp(), plan.connecting(), this::isStopped);
            if (fleet.made() == 0 && !isStopped()) {
                Throwable first = test.problems().first();
                throw first instanceof Exception failure
                        ? failure
                        : new IllegalStateException("no device could connect", first);
            }
            test.window().opensAt(System.nanoTime());
            timeline.enter(Phase.MEASURING);
            use.start();
            measure();
            use.stop();
            devices.stop();
            timeline.enter(Phase.DRAINING);
            drain();
        } finally {
            timeline.enter(Phase.CLOSING);
            timeline.end();
            devices.stop();
            meter.closing();
        }
        long up = fleet.up();
        fleet.close(CLOSE_LIMIT);
        return result(started, up);
    }

    private void measure() throws InterruptedException {
        Duration duration = plan.duration();
        if (duration == null) {
            stop.await();
        } else {
            stop.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void drain() throws InterruptedException {
        long end = System.nanoTime() + plan.drain().toNanos();
        while (meter.inFlight() > 0 && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private BenchResult result(Instant started, long up) {
        Tallies tallies = test.tallies();
        long last = tallies.latest(Count.LAST_ENDED);
        double seconds = last == 0 ? 0 : (last - test.window().from()) / 1e9;
        BenchResult.Connections connections = new BenchResult.Connections(
                fleet.size(),
                fleet.made(),
                fleet.failed(),
                fleet.lost(),
                up,
                fleet.seconds(),
                Distribution.of(fleet.times()));
        BenchResult.Published published = new BenchResult.Published(
                tallies.sum(Count.SENT),
                tallies.sum(Count.ENDED),
                tallies.sum(Count.FAILED),
                meter.unanswered(),
                seconds > 0 ? tallies.sum(Count.ENDED_MEASURED) / seconds : 0,
                seconds > 0 ? tallies.sum(Count.BYTES_OUT_MEASURED) / seconds : 0);
        long received = tallies.sum(Count.RECEIVED);
        BenchResult.Received commands = new BenchResult.Received(0, received, 0, 0, 0, 0, received, 0, 0);
        BenchResult.Client client = use.result(timeline.machineLoad());
        Distribution lag = timeline.lag();
        BenchResult.Verdict verdict = new Verdict(plan, plan.qos(), 0, test.problems(), isStopped())
                .judge(connections, published, commands, client, lag);
        return new BenchResult(
                plan,
                started,
                connections,
                published,
                commands,
                timeline.endToEnd(),
                plan.qos() == Qos.AT_MOST_ONCE ? Distribution.NONE : timeline.acknowledgement(),
                lag,
                BenchResult.Sessions.NONE,
                client,
                test.problems().counts(),
                verdict,
                null,
                timeline.history());
    }
}
