package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.UserProperty;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("Requests that no packet can express")
class ImpossibleRequestsTest {
    private static final String BIG = "x".repeat(65_536);
    private static final String NUL = "a\0b";
    private static final String HALF_A_SURROGATE = "a\ud800b";

    private static TestBroker broker;
    private static MqttClient client;

    /** A request; what it throws at once counts as its failure too. */
    private interface Request extends Function<MqttClient, CompletableFuture<?>> {}

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
        client = MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .clientId("c")
                .callTimeout(Duration.ofSeconds(5))
                .build();
        client.connect();
    }

    @AfterAll
    static void stop() {
        client.close();
        broker.close();
    }

    private static CompletableFuture<?> subscribe(MqttClient of, MqttProperties properties) {
        return of.subscribeAsync(List.of(TopicSubscription.of("a", Qos.AT_LEAST_ONCE)), properties, message -> {});
    }

    private static CompletableFuture<?> filter(MqttClient of, String text) {
        return of.subscribeAsync(text, Qos.AT_LEAST_ONCE, message -> {});
    }

    private static CompletableFuture<?> publish(MqttClient of, MqttProperties properties) {
        return of.publishAsync(Message.of("a", "x").withProperties(properties));
    }

    private static Map<String, Request> subscribes() {
        Map<String, Request> all = new LinkedHashMap<>();
        all.put("subscribe to nothing", c -> c.subscribeAsync(List.of(), message -> {}));
        all.put("unsubscribe from nothing", c -> c.unsubscribeAsync());
        all.put("subscription identifier 0", c -> subscribe(c, MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 0)));
        all.put(
                "subscription identifier 268435456",
                c -> subscribe(c, MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 268_435_456)));
        all.put(
                "SUBSCRIBE with a property of PUBLISH",
                c -> subscribe(c, MqttProperties.of(Property.CONTENT_TYPE, "x")));
        all.put(
                "SUBSCRIBE with two identifiers",
                c -> subscribe(
                        c,
                        MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 1)
                                .and(Property.SUBSCRIPTION_IDENTIFIER, 2)));
        all.put(
                "SUBSCRIBE with a user property of 64 KiB",
                c -> subscribe(c, MqttProperties.of(Property.USER_PROPERTY, new UserProperty("k", BIG))));
        for (String text : List.of(BIG, "a/#/b", NUL, HALF_A_SURROGATE, "", "$share/g", "$share//a")) {
            all.put("filter " + shown(text), c -> filter(c, text));
        }
        return all;
    }

    private static Map<String, Request> publishes() {
        Map<String, Request> all = new LinkedHashMap<>();
        for (String topic : List.of("", "a/+", BIG, NUL, HALF_A_SURROGATE)) {
            all.put("topic " + shown(topic), c -> c.publishAsync(topic, "x"));
        }
        for (String text : List.of(BIG, NUL, HALF_A_SURROGATE)) {
            all.put(
                    "content type " + shown(text),
                    c -> c.publishAsync(Message.of("a", "x").withContentType(text)));
            all.put(
                    "user property " + shown(text),
                    c -> c.publishAsync(Message.of("a", "x").withUserProperty("k", text)));
        }
        all.put(
                "response topic with a wildcard",
                c -> c.publishAsync(Message.of("a", "x").withResponseTopic("a/#")));
        all.put(
                "correlation data of 64 KiB",
                c -> c.publishAsync(Message.of("a", "x").withCorrelationData(new byte[65_536])));
        all.put("PUBLISH with a topic alias", c -> publish(c, MqttProperties.of(Property.TOPIC_ALIAS, 1)));
        all.put("payload format 2", c -> publish(c, MqttProperties.of(Property.PAYLOAD_FORMAT_INDICATOR, 2)));
        return all;
    }

    private static Map<String, Request> others() {
        Map<String, Request> all = new LinkedHashMap<>();
        all.put(
                "DISCONNECT with a reason of servers",
                c -> c.disconnectAsync(ReasonCode.SESSION_TAKEN_OVER, MqttProperties.NONE, Duration.ZERO));
        all.put(
                "DISCONNECT with a reason string of 64 KiB",
                c -> c.disconnectAsync(
                        ReasonCode.SUCCESS, MqttProperties.of(Property.REASON_STRING, BIG), Duration.ZERO));
        all.put(
                "DISCONNECT with a property of PUBLISH",
                c -> c.disconnectAsync(
                        ReasonCode.SUCCESS, MqttProperties.of(Property.CONTENT_TYPE, "x"), Duration.ZERO));
        all.put("reauthenticate without an authenticator", MqttClient::reauthenticate);
        return all;
    }

    private static String shown(String text) {
        return text.length() > 100 ? "of " + text.length() + " characters" : "'" + text.replace("\0", "NUL") + "'";
    }

    @TestFactory
    Stream<DynamicTest> fail_at_once_and_leave_the_connection_as_it_was() {
        return Stream.of(subscribes(), publishes(), others())
                .flatMap(all -> all.entrySet().stream())
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())));
    }

    private static void check(Request request) {
        int connects = broker.connects().size();

        Throwable failure = catchThrowable(() -> request.apply(client).get(5, TimeUnit.SECONDS));

        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        assertThat(cause)
                .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class, MqttException.class)
                .isNotInstanceOf(MqttTimeoutException.class);
        assertThat(cause).message().isNotBlank();
        client.publish("ok", "ok"); // the broker answers, on the same connection
        assertThat(broker.connects()).hasSize(connects);
    }
}
