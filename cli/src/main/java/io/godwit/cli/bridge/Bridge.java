package io.godwit.cli.bridge;

import io.godwit.cli.bridge.BridgeRule.Side;
import io.godwit.cli.output.Failures;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.UserProperty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Forwards messages between two brokers. A message of QoS 1 or 2 is acknowledged only when the other broker has acknowledged
 * it, or has rejected it for good: whatever fails in between, the first broker still has it.
 *
 * <p>Messages do not go in circles. With MQTT 5 the broker does not send the bridge its own messages, and each carries the
 * names of the bridges that it has crossed as user properties; before MQTT 5 {@link EchoGuard} recognizes them.
 */
public final class Bridge {
    /** The user property that names a bridge which a message has crossed. */
    static final String CROSSED = "godwit-bridge";

    /** KiB of messages that may wait for a broker, each counted as {@link #LEAST_WEIGHT} or more: at most 1,000 messages. */
    private static final int WAITING = 16_000;

    private static final int LEAST_WEIGHT = 16;

    private static final long RETRY_SECONDS = 1;

    private static final Duration ECHO = Duration.ofSeconds(30);

    // Set once.
    private final String name;
    private final List<BridgeRule> rules;
    private final Consumer<String> notes;
    private final Map<Side, MqttClient> clients = new EnumMap<>(Side.class);
    private final Map<Side, EchoGuard> echoes = new EnumMap<>(Side.class);

    /** How many KiB more may wait for each broker; then messages from the other one are read no further. */
    private final Map<Side, Semaphore> room = new EnumMap<>(Side.class);

    // Any thread.
    private final Map<Side, LongAdder> forwarded = new EnumMap<>(Side.class);
    private final LongAdder rejected = new LongAdder();
    private final LongAdder circled = new LongAdder();

    /**
     * @param name of the bridge, by which it recognizes its own messages
     * @param notes receives what people should know, on any thread
     */
    public Bridge(String name, List<BridgeRule> rules, Consumer<String> notes) {
        this.name = name;
        this.rules = rules;
        this.notes = notes;
        for (Side side : Side.values()) {
            forwarded.put(side, new LongAdder());
            room.put(side, new Semaphore(WAITING));
            echoes.put(side, new EchoGuard(ECHO, System::nanoTime));
        }
    }

    /** Makes the client of one side; before it connects. Both sides are needed. */
    public MqttClient client(Side side, MqttClientBuilder builder) {
        for (TopicSubscription subscription : subscriptions(side)) {
            builder.manualHandler(
                    subscription.filter().text(),
                    (message, acknowledgement) -> arrived(side, message, acknowledgement));
        }
        MqttClient client = builder.dropPropertiesBeforeMqtt5(true).build();
        clients.put(side, client);
        return client;
    }

    /** What to subscribe to at one broker: each filter once, with the highest QoS that a rule wants. */
    public List<TopicSubscription> subscriptions(Side side) {
        Map<String, Qos> filters = new LinkedHashMap<>();
        for (BridgeRule rule : rules) {
            if (rule.takesFrom(side)) {
                filters.merge(
                        rule.filterAt(side), rule.qos(), (one, other) -> one.level() > other.level() ? one : other);
            }
        }
        List<TopicSubscription> all = new ArrayList<>();
        filters.forEach((filter, qos) ->
                all.add(TopicSubscription.of(filter, qos).withNoLocal(true).withRetainAsPublished(true)));
        return all;
    }

    /** For people: what crossed so far. */
    public String summary() {
        return forwarded.get(Side.A) + " messages from A to B, " + forwarded.get(Side.B) + " from B to A"
                + (circled.sum() > 0 ? ", " + circled + " not sent in a circle" : "")
                + (rejected.sum() > 0 ? ", " + rejected + " rejected" : "");
    }

    private void arrived(Side from, Message message, Acknowledgement acknowledgement) throws InterruptedException {
        if (hasCrossed(message) || echo(from).isEcho(message)) {
            circled.increment();
            acknowledgement.acknowledge();
            return;
        }
        for (BridgeRule rule : rules) {
            String topic = rule.mapped(from, message.topic());
            if (topic != null) {
                forward(from, rule, message, topic, acknowledgement);
                return; // the first rule counts
            }
        }
        acknowledgement.acknowledge(); // of a subscription that this session had before the rules changed
    }

    private boolean hasCrossed(Message message) {
        for (UserProperty property : message.userProperties()) {
            if (property.name().equals(CROSSED) && property.value().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private EchoGuard echo(Side side) {
        return Objects.requireNonNull(echoes.get(side));
    }

    private void forward(Side from, BridgeRule rule, Message message, String topic, Acknowledgement acknowledgement)
            throws InterruptedException {
        Side to = from.other();
        MqttClient target = Objects.requireNonNull(clients.get(to));
        Qos qos = message.qos().level() > rule.qos().level() ? rule.qos() : message.qos();
        boolean isVersion5 = target.protocol() == ProtocolVersion.V5;
        Message copy = new Message(
                topic,
                message.payload(),
                qos,
                message.retain(),
                isVersion5 ? crossing(message.properties()) : MqttProperties.NONE);
        if (!isVersion5 && rules.stream().anyMatch(each -> each.mapped(to, topic) != null)) {
            echo(to).published(copy);
        }
        int weight = Math.min(WAITING, Math.max(LEAST_WEIGHT, copy.payload().length / 1024));
        Semaphore waiting = Objects.requireNonNull(room.get(to));
        waiting.acquire(weight);
        new Crossing(from, target, copy, acknowledgement, () -> waiting.release(weight)).publish();
    }

    /** One message on its way to the other broker. Any thread. */
    private final class Crossing {
        private final Side from;
        private final MqttClient target;
        private final Message message;
        private final Acknowledgement acknowledgement;
        private final Runnable ended;
        private boolean retried;

        Crossing(Side from, MqttClient target, Message message, Acknowledgement acknowledgement, Runnable ended) {
            this.from = from;
            this.target = target;
            this.message = message;
            this.acknowledgement = acknowledgement;
            this.ended = ended;
        }

        void publish() {
            target.publishAsync(message).whenComplete((done, failed) -> {
                if (failed == null) {
                    Objects.requireNonNull(forwarded.get(from)).increment();
                    acknowledgement.acknowledge();
                    ended.run();
                } else {
                    failed(Failures.unwrap(failed));
                }
            });
        }

        /**
         * What the other broker will never take must not come again. Everything else is tried again: the first broker sends it
         * again only on its next connection, and holds later messages back until then.
         */
        private void failed(Throwable failure) {
            boolean isFinal = failure instanceof PublishException publish
                    && switch (publish.kind()) {
                        case REFUSED, LIMIT, EXPIRED, BROKER_DISCONNECTS -> true;
                        default -> false;
                    };
            boolean isEnding = failure instanceof ClientClosedException;
            if (isFinal) {
                rejected.increment();
                acknowledgement.acknowledge();
            }
            if (!retried) {
                boolean isAway = isEnding || failure instanceof NotConnectedException; // not connected yet, or any more
                note(failure, isFinal ? "" : isAway ? "; broker " + from + " still has it" : "; it is tried again");
            }
            if (isFinal || isEnding) {
                ended.run();
            } else {
                retried = true;
                CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS)
                        .execute(this::publish);
            }
        }

        private void note(Throwable failure, String consequence) {
            notes.accept("the message for '" + message.topic() + "' from " + from + " did not cross: "
                    + Failures.text(failure) + consequence);
        }
    }

    private MqttProperties crossing(MqttProperties received) {
        MqttProperties.Builder kept = MqttProperties.builder();
        received.forEach((property, value) -> {
            if (property != Property.TOPIC_ALIAS && property != Property.SUBSCRIPTION_IDENTIFIER) {
                kept.add(property, value);
            }
        });
        return kept.add(Property.USER_PROPERTY, new UserProperty(CROSSED, name)).build();
    }
}
