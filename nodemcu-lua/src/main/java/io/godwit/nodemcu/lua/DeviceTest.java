package io.godwit.nodemcu.lua;

import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.VirtualClock;
import io.godwit.testkit.BrokerJournal;
import io.godwit.testkit.SeenMessage;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What surrounds a {@link GodwitDevice} in a test: the clock, which stands still unless a method here lets it run, the
 * broker, and what the device has printed. Belongs to the test's thread.
 */
public final class DeviceTest {

    private final VirtualClock clock;
    private final LocalBroker broker;
    private final BrokerJournal journal;
    private final Device device;
    private final List<String> lines;
    private int looked;

    DeviceTest(VirtualClock clock, LocalBroker broker, BrokerJournal journal, Device device, List<String> lines) {
        this.clock = clock;
        this.broker = broker;
        this.journal = journal;
        this.device = device;
        this.lines = lines;
    }

    public Device device() {
        return device;
    }

    public LocalBroker broker() {
        return broker;
    }

    /** What the broker has seen. */
    public BrokerJournal journal() {
        return journal;
    }

    public VirtualClock clock() {
        return clock;
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        clock.advance(time);
    }

    /**
     * Lets time pass until a condition holds.
     *
     * @throws AssertionError when it does not within the limit
     */
    public void advanceUntil(BooleanSupplier condition, Duration limit) {
        if (!clock.advanceUntil(condition, limit)) {
            throw new AssertionError(
                    "it did not happen within " + limit + " of the device's time; it printed " + lines);
        }
    }

    /**
     * Lets time pass until the device has published to a topic something that no earlier call has returned.
     *
     * @throws AssertionError when it does not within the limit; lists what it published and printed
     */
    public SeenMessage expectPublish(String topic, Duration limit) {
        SeenMessage[] found = new SeenMessage[1];
        boolean came = clock.advanceUntil(
                () -> {
                    List<SeenMessage> messages = journal.messages();
                    while (looked < messages.size()) {
                        SeenMessage message = messages.get(looked++);
                        if (message.topic().equals(topic) && message.clientId() != null) {
                            found[0] = message;
                            return true;
                        }
                    }
                    return false;
                },
                limit);
        if (!came) {
            throw new AssertionError("nothing was published to '" + topic + "' within " + limit
                    + " of the device's time; published were " + journal.messages() + ", printed " + lines);
        }
        return found[0];
    }

    /** Publishes to the device, QoS 0, and lets it react. */
    public void publish(String topic, String text) {
        broker.publish(Message.of(topic, text).withQos(Qos.AT_MOST_ONCE));
        clock.advance(Duration.ofMillis(50));
    }

    /** What the device has printed, line by line. */
    public List<String> printed() {
        return List.copyOf(lines);
    }
}
