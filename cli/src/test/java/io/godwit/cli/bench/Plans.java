package io.godwit.cli.bench;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Plans for tests: a plain one, and the same with one thing changed. */
final class Plans {
    private ProtocolVersion version = ProtocolVersion.V3_1_1;
    private int publishers = 1;
    private int subscribers = 1;
    private int idle;
    private Topics topics = Topics.one;
    private @Nullable String share;
    private Qos qos = Qos.AT_LEAST_ONCE;
    private String size = "64";
    private double rate;
    private @Nullable Contents contents;
    private Disturbance disturbance = Disturbance.NONE;
    private long count;
    private @Nullable Duration duration = Duration.ofSeconds(10);

    static Plans plan() {
        return new Plans();
    }

    Plans version(ProtocolVersion newVersion) {
        version = newVersion;
        return this;
    }

    Plans clients(int publishing, int subscribing, int idling) {
        publishers = publishing;
        subscribers = subscribing;
        idle = idling;
        return this;
    }

    Plans topics(Topics how) {
        topics = how;
        return this;
    }

    Plans share(String name) {
        share = name;
        return this;
    }

    Plans qos(int level) {
        qos = Qos.of(level);
        return this;
    }

    Plans size(String bytes) {
        size = bytes;
        return this;
    }

    Plans contents(Contents newContents) {
        contents = newContents;
        return this;
    }

    Plans disturbance(Disturbance newDisturbance) {
        disturbance = newDisturbance;
        return this;
    }

    Plans rate(double perSecond) {
        rate = perSecond;
        return this;
    }

    Plans count(long messages) {
        count = messages;
        duration = null;
        return this;
    }

    BenchPlan build() {
        return new BenchPlan(
                "mqtt://test.example",
                version,
                "bench",
                publishers,
                subscribers,
                idle,
                topics,
                "load",
                share,
                qos,
                qos,
                PayloadSizes.parse(size),
                false,
                MqttProperties.NONE,
                rate,
                100,
                0,
                100,
                Duration.ofSeconds(1),
                duration,
                count,
                Duration.ofSeconds(2),
                Sources.ANY,
                contents,
                disturbance);
    }
}
