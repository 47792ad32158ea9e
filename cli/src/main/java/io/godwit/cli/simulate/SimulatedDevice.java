package io.godwit.cli.simulate;

import io.godwit.cli.bench.DeviceMeter;
import io.godwit.cli.fleet.CuttableTransport;
import io.godwit.cli.fleet.Template;
import io.godwit.cli.simulate.FleetPlan.Answer;
import io.godwit.cli.simulate.FleetPlan.Publication;
import io.godwit.cli.simulate.FleetPlan.RecordedDevice;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One device: what it publishes, which commands it answers, and what goes wrong with it. */
final class SimulatedDevice {

    // Set once.
    private final FleetPlan plan;
    private final int index;
    private final String id;
    private final Map<String, String> identity;
    private final @Nullable RecordedDevice recorded;
    private final ScheduledExecutorService timer;
    private final DeviceMeter meter;
    private final CuttableTransport transport;
    private final RandomGenerator random;

    // The timer's thread only.
    private final Map<String, Double> walks = new HashMap<>(2);
    private long counter;
    private long started;

    private volatile @Nullable MqttClient client;

    /** @param timer one thread, on which everything of this device runs */
    SimulatedDevice(
            FleetPlan plan, int index, ScheduledExecutorService timer, DeviceMeter meter, CuttableTransport transport) {
        this.plan = plan;
        this.index = index;
        this.timer = timer;
        this.meter = meter;
        this.transport = transport;
        this.random = new SplittableRandom(index);
        List<Map<String, String>> rows = plan.identities();
        this.identity = rows.isEmpty() ? Map.of() : rows.get(index % rows.size());
        int devices = plan.recorded().size();
        this.recorded = devices == 0 ? null : plan.recorded().get(index % devices);
        String own = identity.get("id");
        this.id = own != null ? own : recorded != null ? copyName(recorded, index / devices) : "device-" + (index + 1);
    }

    /** The name of a recorded device, or of one of its copies. */
    private static String copyName(RecordedDevice device, int copy) {
        return copy == 0 ? device.name() : device.name() + "-" + (copy + 1);
    }

    String fill(Template template) {
        return template.fill(new Context(null));
    }

    void use(MqttClient newClient) {
        client = newClient;
    }

    /** The device is connected for the first time. Any thread. */
    void start() {
        execute(() -> {
            started = System.nanoTime();
            subscribe();
            for (Publication publication : plan.publications()) {
                // Devices of a fleet do not send at the same moment.
                long first = started
                        + (long) (random.nextDouble() * publication.every().toNanos());
                schedule(publication, first);
            }
            RecordedDevice own = recorded;
            if (own != null) {
                replay(own, started, 0);
            }
            Duration offline = plan.faults().offlineEvery();
            if (offline != null) {
                loseConnection(offline);
            }
        });
    }

    private void execute(Runnable task) {
        later(task, System.nanoTime());
    }

    private void later(Runnable task, long due) {
        try {
            timer.schedule(
                    () -> {
                        try {
                            task.run();
                        } catch (RuntimeException e) {
                            meter.problem("a device failed", e);
                        }
                    },
                    Math.max(0, due - System.nanoTime()),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The run is over.
        }
    }

    // ---- publishing

    private void schedule(Publication publication, long due) {
        long jitter = publication.jitter().toNanos();
        long shifted = jitter == 0 ? due : due + (long) ((random.nextDouble() * 2 - 1) * jitter);
        later(
                () -> {
                    publish(message(publication, null), shifted);
                    schedule(publication, due + publication.every().toNanos());
                },
                shifted);
    }

    private Message message(Publication publication, @Nullable Message command) {
        counter++;
        Context context = new Context(command);
        String topic = publication.topic().fill(context);
        TopicName.check(topic);
        byte[] payload = publication.payload().fill(context).getBytes(StandardCharsets.UTF_8);
        return Message.of(topic, payload).withQos(publication.qos()).withRetain(publication.retain());
    }

    private void publish(Message message, long due) {
        MqttClient open = client;
        if (open == null
                || !open.isConnected()
                || random.nextDouble() < plan.faults().skip()) {
            return;
        }
        Message sent = message;
        if (random.nextDouble() < plan.faults().corrupt()) {
            byte[] payload = message.payload();
            sent = Message.of(message.topic(), Arrays.copyOf(payload, payload.length / 2))
                    .withQos(message.qos())
                    .withRetain(message.retain());
        }
        meter.publish(open, sent, due);
    }

    /** Sends the next message of the recording at its time, and starts over at the end. */
    private void replay(RecordedDevice device, long round, int next) {
        if (next == device.messages().size()) {
            replay(device, round + device.length().toNanos(), 0);
            return;
        }
        var message = device.messages().get(next);
        long due = round + message.at().toNanos();
        later(
                () -> {
                    publish(renamed(device, message.message()), due);
                    replay(device, round, next + 1);
                },
                due);
    }

    private Message renamed(RecordedDevice device, Message message) {
        String[] levels = message.topic().split("/", -1);
        levels[device.level()] = id;
        return message.withTopic(String.join("/", levels));
    }

    // ---- commands

    private void subscribe() {
        MqttClient open = client;
        if (open == null) {
            return;
        }
        for (Answer answer : plan.answers()) {
            TopicSubscription subscription = TopicSubscription.of(fill(answer.filter()), answer.qos());
            open.subscribeAsync(List.of(subscription), command -> {
                        meter.received(command);
                        answer(answer, command);
                    })
                    .whenComplete((granted, failure) -> {
                        if (failure != null) {
                            meter.problem("not subscribed", failure);
                        }
                    });
        }
    }

    private void answer(Answer answer, Message command) {
        Publication reply = answer.reply();
        if (reply != null) {
            long due = System.nanoTime() + answer.delay().toNanos();
            later(() -> publish(message(reply, command), due), due);
        }
    }

    // ---- faults

    private void loseConnection(Duration every) {
        // Exponentially distributed, as failures are that do not know of each other.
        long wait = (long) (-Math.log(1 - random.nextDouble()) * every.toNanos());
        later(
                () -> {
                    transport.cut();
                    loseConnection(every);
                },
                System.nanoTime() + wait);
    }

    /** The values of a template for one message. */
    private final class Context implements Template.Values {
        private final @Nullable Message command;

        Context(@Nullable Message command) {
            this.command = command;
        }

        @Override
        public String get(String name) {
            String own = identity.get(name);
            if (own != null) {
                return own;
            }
            Message answered = command;
            String common = Template.common(name);
            return switch (name) {
                case "id" -> id;
                case "index" -> String.valueOf(index + 1);
                case "counter" -> String.valueOf(counter);
                case "topic" -> answered == null ? "" : answered.topic();
                case "payload" -> answered == null ? "" : new String(answered.payload(), StandardCharsets.UTF_8);
                default -> common == null ? "" : common;
            };
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public Map<String, Double> walks() {
            return walks;
        }

        @Override
        public long started() {
            return started;
        }
    }
}
