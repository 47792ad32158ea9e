package io.godwit.benchmarks.jmh;

import io.godwit.mqtt.protocol.TopicFilter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One filter against one topic: paid once for each topic and filter, not for each message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TopicBenchmark {

    /** A topic filter, section 4.7. */
    @Param({"plant/7/boiler/3/temperature", "plant/+/boiler/+/temperature", "plant/#"})
    public String filter = "#";

    private final String topic = "plant/7/boiler/3/temperature";
    private TopicFilter parsed = TopicFilter.of("#");

    /** Once before the clock runs. */
    @Setup
    public void parse() {
        parsed = TopicFilter.of(filter);
    }

    @Benchmark
    public boolean matches() {
        return parsed.matches(topic);
    }

    @Benchmark
    public TopicFilter parseFilter() {
        return TopicFilter.of(filter);
    }
}
