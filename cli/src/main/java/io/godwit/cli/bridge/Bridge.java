package io.godwit.cli.bridge;

import io.godwit.cli.bridge.BridgeRule.Side;
import io.godwit.cli.output.Failures;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
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
import java.util.concurrent.Semaphore;
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

    private static final int WAITING = 1_000;

    private static final Duration ECHO = Duration.ofSeconds(30);

    // Set once.
    private final String name;
    private final List<BridgeRule> rules;
    private final Consumer<String> notes;
    private final Map<Side, MqttClient> clients = new EnumMap<>(Side.class);
    private final Map<Side, EchoGuard> echoes = new EnumMap<>(Side.class);

    /** How many more messages may wait for each broker; then those from the other one are read no further. */
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
        Semaphore waiting = Objects.requireNonNull(room.get(to));
        waiting.acquire();
        target.publishAsync(copy).whenComplete((done, failed) -> {
            waiting.release();
            if (failed == null) {
                Objects.requireNonNull(forwarded.get(from)).increment();
                acknowledgement.acknowledge();
            } else {
                failed(from, message, Failures.unwrap(failed), acknowledgement);
            }
        });
    }

    /** What the other broker will never take must not come again; everything else stays unacknowledged and does. */
    private void failed(Side from, Message message, Throwable failure, Acknowledgement acknowledgement) {
        boolean isFinal = failure instanceof PublishException publish
                && switch (publish.kind()) {
                    case REFUSED, LIMIT, EXPIRED, BROKER_DISCONNECTS -> true;
                    default -> false;
                };
        if (isFinal) {
            rejected.increment();
            acknowledgement.acknowledge();
        }
        notes.accept("the message on '" + message.topic() + "' from " + from + " did not cross: "
                + Failures.text(failure) + (isFinal ? "" : "; broker " + from + " still has it"));
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
