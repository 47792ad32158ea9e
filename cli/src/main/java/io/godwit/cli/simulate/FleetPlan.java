package io.godwit.cli.simulate;

import io.godwit.cli.fleet.Template;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.web.recording.RecordedMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet does.
 *
 * @param count how many devices; null for as many as there are identities or recorded devices
 * @param ramp over which the devices connect
 * @param duration of the run after all have connected; null until it is interrupted
 * @param folder where files of the fleet are looked for
 * @param identities one row for each device, by column; empty for none
 * @param recorded the messages of each recorded device; empty for none
 */
record FleetPlan(
        @Nullable Integer count,
        Duration ramp,
        @Nullable Duration duration,
        Path folder,
        List<Map<String, String>> identities,
        Connection connection,
        List<Publication> publications,
        List<Answer> answers,
        Faults faults,
        List<RecordedDevice> recorded) {

    /**
     * How a device connects.
     *
     * @param certificate a PEM file, with the key's; null for none
     */
    record Connection(
            Template clientId,
            @Nullable Template username,
            @Nullable Template password,
            @Nullable Template certificate,
            @Nullable Template key,
            @Nullable Duration keepAlive,
            boolean cleanSession,
            @Nullable Publication will) {}

    /**
     * A message that a device publishes.
     *
     * @param every how often; zero for a will
     * @param jitter by how much each message may be early or late
     */
    record Publication(Template topic, Template payload, Qos qos, boolean retain, Duration every, Duration jitter) {}

    /**
     * A command that a device answers.
     *
     * @param filter what the device subscribes to
     * @param reply what it publishes then; null for nothing
     */
    record Answer(Template filter, Qos qos, @Nullable Publication reply, Duration delay) {}

    /**
     * What goes wrong.
     *
     * @param skip the part of messages that a device does not send, 0 to 1
     * @param corrupt the part of messages with only half of their payload, 0 to 1
     * @param offlineEvery how often a device loses its connection on average; null for never
     * @param offlineFor how long it stays away then
     */
    record Faults(double skip, double corrupt, @Nullable Duration offlineEvery, Duration offlineFor) {
        static final Faults NONE = new Faults(0, 0, null, Duration.ZERO);
    }

    /**
     * The messages of a recorded device.
     *
     * @param name the topic level that names it
     * @param length of the recording
     */
    record RecordedDevice(String name, int level, List<RecordedMessage> messages, Duration length) {}

    int size() {
        Integer asked = count;
        if (asked != null) {
            return asked;
        }
        return Math.max(1, Math.max(identities.size(), recorded.size()));
    }

    /** Messages a second of one device on average. */
    double rate() {
        double rate = 0;
        for (Publication publication : publications) {
            rate += 1e9 / publication.every().toNanos();
        }
        for (RecordedDevice device : recorded) {
            rate += device.messages().size() * 1e9 / Math.max(1, device.length().toNanos()) / recorded.size();
        }
        Duration between = faults.offlineEvery();
        double up = between == null
                ? 1
                : (double) between.toNanos()
                        / (between.toNanos() + faults.offlineFor().toNanos());
        return rate * (1 - faults.skip()) * up;
    }

    Qos highestQos() {
        int level = 0;
        for (Publication publication : publications) {
            level = Math.max(level, publication.qos().level());
        }
        for (RecordedDevice device : recorded) {
            for (RecordedMessage message : device.messages()) {
                level = Math.max(level, message.message().qos().level());
            }
        }
        return Qos.of(level);
    }
}
