package io.godwit.mqtt.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link MqttMetrics} was built with.
 *
 * @param topics makes the tag {@code topic} of a topic name; null: there is no such tag
 * @param timers whether each publish and each handler is timed
 */
record MeterSettings(
        MeterRegistry registry, Tags tags, @Nullable Function<String, @Nullable String> topics, boolean timers) {}
