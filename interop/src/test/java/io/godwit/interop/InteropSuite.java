package io.godwit.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.checks.RealProxy;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.Faults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What Godwit does with a real broker, in every version of MQTT: one test per transport, {@link Feature} and version, through
 * the public API. What a broker lacks becomes a note in the table of results instead of a test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InteropSuite {
    private final Map<RealTransport, InteropReport> reports = new EnumMap<>(RealTransport.class);
    private final Map<RealTransport, RealProxy> proxies = new EnumMap<>(RealTransport.class);

    private RealBroker.Running broker;

    /** Which broker it is; asked once, before anything else. */
    abstract RealBroker broker();

    /** The transports to test: TCP, unless a suite is about the others. */
    List<RealTransport> transports() {
        return List.of(RealTransport.TCP);
    }

    @BeforeAll
    void start() throws Exception {
        RealBroker real = broker();
        String missing = real.missing();
        Assumptions.assumeTrue(missing == null, missing);
        broker = real.start(InteropReport.FOLDER.resolve("data"));
    }

    @AfterAll
    void stop() throws Exception {
        if (broker != null) {
            for (Map.Entry<RealTransport, InteropReport> each : reports.entrySet()) {
                each.getValue().write(broker.broker(), each.getKey());
            }
            broker.close();
        }
        proxies.values().forEach(RealProxy::close);
    }

    @TestFactory
    Stream<DynamicContainer> mqtt() {
        return transports().stream()
                .flatMap(transport -> Arrays.stream(ProtocolVersion.values())
                        .map(version -> DynamicContainer.dynamicContainer(
                                broker.broker().script() + ", " + transport.title() + ", MQTT " + version,
                                Arrays.stream(Feature.values())
                                        .filter(transport::asksFor)
                                        .filter(feature -> feature.versions().contains(version))
                                        .filter(feature -> isThere(transport, feature, version))
                                        .map(feature -> DynamicTest.dynamicTest(
                                                feature.title(), () -> attempt(transport, feature, version))))));
    }

    /** Whether the broker has the feature; if not, the report says why. */
    private boolean isThere(RealTransport transport, Feature feature, ProtocolVersion version) {
        @Nullable String lacks = broker.broker().lacks(feature, version);
        lacks = lacks != null ? lacks : transport.lacks(broker.broker(), feature);
        if (lacks != null) {
            report(transport).skipped(feature, version, lacks);
        }
        return lacks == null;
    }

    private InteropReport report(RealTransport transport) {
        return reports.computeIfAbsent(transport, each -> new InteropReport());
    }

    /** The proxy of the transport, started when it is first needed; null if it has none. */
    private @Nullable RealProxy proxy(RealTransport transport) throws Exception {
        if (!proxies.containsKey(transport)) {
            Path folder = Files.createDirectories(broker.certificates().resolveSibling("proxy-" + transport));
            RealProxy started = transport.startProxy(folder);
            if (started == null) {
                return null;
            }
            proxies.put(transport, started);
        }
        return proxies.get(transport);
    }

    private void attempt(RealTransport transport, Feature feature, ProtocolVersion version) throws Exception {
        RealProxy proxy = proxy(transport);
        InteropReport report = report(transport);
        try (InteropClients clients = new InteropClients(broker, transport, proxy, version)) {
            run(feature, clients);
            report.passed(feature, version);
        } catch (Exception | AssertionError failure) {
            report.failed(feature, version);
            throw failure;
        }
    }

    private void run(Feature feature, InteropClients clients) throws Exception {
        switch (feature) {
            case CONNECT -> connect(clients);
            case QOS_0 -> qos(clients, Qos.AT_MOST_ONCE);
            case QOS_1 -> qos(clients, Qos.AT_LEAST_ONCE);
            case QOS_2 -> qos(clients, Qos.EXACTLY_ONCE);
            case RETAINED -> retained(clients, Qos.AT_MOST_ONCE);
            case RETAINED_QOS_1 -> retained(clients, Qos.AT_LEAST_ONCE);
            case WILL -> will(clients);
            case SESSION -> session(clients, false);
            case SESSION_OVER_RESTART -> session(clients, true);
            case RECONNECT -> reconnect(clients);
            case MEGABYTE -> megabyte(clients, clients.connected());
            case ECHO -> megabyte(clients, null);
            case UNSUBSCRIBE -> unsubscribe(clients);
            case WILDCARDS -> wildcards(clients);
            case DOLLAR_TOPICS -> dollarTopics(clients);
            case MANY -> many(clients, false);
            case ORDER -> many(clients, true);
            case TLS -> tls(clients);
            case WEB_SOCKET -> webSocket(clients);
            case SHARED_SUBSCRIPTIONS -> sharedSubscriptions(clients);
            case PROPERTIES -> properties(clients);
            case REQUEST_RESPONSE -> requestResponse(clients);
            case SUBSCRIPTION_IDENTIFIERS -> subscriptionIdentifiers(clients);
            case SUBSCRIPTION_OPTIONS -> subscriptionOptions(clients);
            case MESSAGE_EXPIRY -> messageExpiry(clients);
            case TOPIC_ALIAS -> topicAlias(clients);
            case FLOW_CONTROL -> flowControl(clients);
            case REASON_CODES -> reasonCodes(clients);
            case SERVER_LIMITS -> serverLimits(clients);
            case AUTHENTICATION -> authentication(clients);
        }
    }

    private static void connect(InteropClients clients) {
        MqttClient client = clients.connected();
        assertThat(client.isConnected()).isTrue();
        assertThat(client.connection().sessionPresent()).isFalse();
        client.disconnect();
        assertThat(client.isConnected()).isFalse();
        client.connect();
        assertThat(client.isConnected()).isTrue();
    }

    private static void qos(InteropClients clients, Qos qos) throws Exception {
        MqttClient client = clients.connected();
        Inbox inbox = new Inbox();
        String topic = clients.topic("qos");
        Subscription subscription = client.subscribe(topic, qos, inbox::add);
        assertThat(subscription.grantedQos()).isEqualTo(qos);

        for (int i = 0; i < 5; i++) {
            PublishResult result =
                    client.publish(Message.of(topic, "message " + i).withQos(qos));
            assertThat(result.reason().isError()).isFalse();
        }

        for (int i = 0; i < 5; i++) {
            Message message = inbox.next();
            assertThat(message.text()).isEqualTo("message " + i);
            assertThat(message.qos()).isEqualTo(qos);
            assertThat(message.retain()).isFalse();
        }
        inbox.isEmpty(client, topic, qos);
    }

    private static void retained(InteropClients clients, Qos qos) throws Exception {
        MqttClient client = clients.connected();
        String topic = clients.topic("retained");
        client.publish(Message.of(topic, "kept").withRetain(true));
        // A broker may acknowledge before it has passed the message on, which then comes as a new one: ask again.
        Inbox late = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> {
                            Inbox inbox = new Inbox();
                            clients.connected().subscribe(topic, qos, inbox::add);
                            Message message = inbox.next();
                            assertThat(message.text()).isEqualTo("kept");
                            return message.retain() ? inbox : null;
                        },
                        Objects::nonNull);

        client.publish(Message.clearRetained(topic));

        assertThat(late.next().payload()).isEmpty();
        Inbox later = new Inbox();
        MqttClient third = clients.connected();
        third.subscribe(topic, qos, later::add);
        later.isEmpty(third, topic, qos);
    }

    private static void will(InteropClients clients) throws Exception {
        String topic = clients.topic("will");
        Inbox inbox = new Inbox();
        clients.connected().subscribe(topic, inbox::add);
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", clients.port())) {
            MqttClient dying = clients.build(builder -> builder.transport(clients.transport(proxy.port()))
                    .reconnect(Reconnect.never())
                    .will(Message.of(topic, "gone")));
            dying.connect();

            proxy.reset();

            assertThat(inbox.next().text()).isEqualTo("gone");
        }
    }

    private void session(InteropClients clients, boolean overRestart) throws Exception {
        String topic = clients.topic("session");
        String id = clients.id();
        MqttClient first = clients.build(builder -> builder.clientId(id).cleanSession(false));
        first.connect();
        first.subscribe(topic, message -> {});
        first.close();
        clients.connected().publish(Message.of(topic, "meanwhile"));
        if (overRestart) {
            clients.closeAll();
            // Some brokers write their state to the disk a moment after they have acknowledged.
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(broker::hasWritten);
            broker.restart();
        }
        Inbox inbox = new Inbox();
        MqttClient second = clients.build(
                builder -> builder.clientId(id).cleanSession(false).handler(topic, inbox::add));

        boolean present = second.connect().sessionPresent();

        assertThat(inbox.next().text()).isEqualTo("meanwhile");
        if (clients.version() != ProtocolVersion.V3_1) { // where CONNACK has no such flag, though some brokers set it
            assertThat(present).isTrue();
        }
    }

    private static void reconnect(InteropClients clients) throws Exception {
        String topic = clients.topic("reconnect");
        Inbox inbox = new Inbox();
        MqttClient watcher = clients.connected();
        watcher.subscribe(topic, inbox::add);
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", clients.port())) {
            MqttClient client = clients.build(builder -> builder.transport(clients.transport(proxy.port()))
                    .cleanSession(false)
                    .reconnect(Reconnect.fixed(Duration.ofMillis(50))));
            client.connect();
            proxy.toClient(Faults.none().swallow());
            CompletableFuture<PublishResult> publication = client.publishAsync(Message.of(topic, "safe"));
            inbox.next();

            proxy.reset();
            proxy.heal();

            assertThat(publication.get(10, TimeUnit.SECONDS).reason().isError()).isFalse();
            assertThat(inbox.next().text()).isEqualTo("safe"); // QoS 1: a second time
        }
    }

    private static void megabyte(InteropClients clients, @Nullable MqttClient other) throws Exception {
        MqttClient client = clients.connected();
        Inbox inbox = new Inbox();
        String topic = clients.topic("big");
        client.subscribe(topic, inbox::add);
        byte[] payload = new byte[1_000_000];
        new Random(1).nextBytes(payload);

        (other != null ? other : client).publish(topic, payload);

        assertThat(inbox.next().payload()).isEqualTo(payload);
    }

    private static void unsubscribe(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        Inbox inbox = new Inbox();
        String topic = clients.topic("unsubscribe");
        Subscription subscription = client.subscribe(topic, inbox::add);
        client.publish(topic, "before");
        assertThat(inbox.next().text()).isEqualTo("before");

        subscription.close();

        client.publish(topic, "after");
        Inbox other = new Inbox();
        client.subscribe(topic + "/sentinel", other::add);
        client.publish(topic + "/sentinel", "x");
        other.next();
        assertThat(inbox.messages).isEmpty();
    }

    private static void wildcards(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        Inbox plus = new Inbox();
        Inbox hash = new Inbox();
        String base = clients.topic("wild");
        client.subscribe(base + "/+/c", plus::add);
        clients.connected().subscribe(base + "/#", hash::add);

        client.publish(base + "/b/c", "1");
        client.publish(base + "/b/c/d", "2");
        client.publish(base, "3");
        client.publish(base + "/x/c", "4");

        assertThat(plus.next().text()).isEqualTo("1");
        assertThat(plus.next().text()).isEqualTo("4");
        assertThat(List.of(
                        hash.next().text(),
                        hash.next().text(),
                        hash.next().text(),
                        hash.next().text()))
                .containsExactlyInAnyOrder("1", "2", "3", "4");
    }

    private static void dollarTopics(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        Inbox all = new Inbox();
        client.subscribe("#", Qos.AT_MOST_ONCE, all::add);
        String topic = clients.topic("dollar");
        // A broker may refuse the name, or even the client; what counts is that '#' does not bring it.
        clients.connected().publishAsync(Message.of("$" + topic, "hidden").withQos(Qos.AT_MOST_ONCE));
        client.publish(topic, "seen");

        Message message = all.next();
        while (!message.topic().endsWith(topic)) {
            message = all.next(); // of an earlier test
        }
        assertThat(message.topic()).isEqualTo(topic);
        assertThat(all.messages).noneMatch(other -> other.topic().startsWith("$"));
    }

    private static void many(InteropClients clients, boolean inOrder) throws Exception {
        MqttClient client = clients.connected();
        Inbox inbox = new Inbox();
        String topic = clients.topic("many");
        clients.connected().subscribe(topic, inbox::add);
        List<CompletableFuture<PublishResult>> publications = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            publications.add(client.publishAsync(Message.of(topic, "" + i)));
        }
        for (CompletableFuture<PublishResult> publication : publications) {
            publication.get(30, TimeUnit.SECONDS);
        }
        List<String> received = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            received.add(inbox.next().text());
        }
        if (inOrder) {
            assertThat(received).isSortedAccordingTo(Comparator.comparing(Integer::valueOf));
        }
        assertThat(received).doesNotHaveDuplicates();
    }

    private void tls(InteropClients clients) throws Exception {
        TransportOptions transport = TransportOptions.builder()
                .servers("mqtts://localhost:" + (clients.port() + 1))
                .tls(Tls.builder().ca(broker.certificates().resolve("ca.crt")).build())
                .build();
        overRoad(clients, transport);
    }

    private static void webSocket(InteropClients clients) throws Exception {
        overRoad(clients, TransportOptions.to("ws://127.0.0.1:" + (clients.port() + 2) + "/mqtt"));
    }

    private static void overRoad(InteropClients clients, TransportOptions transport) throws Exception {
        MqttClient subscriber = clients.build(builder -> builder.transport(transport));
        subscriber.connect();
        Inbox inbox = new Inbox();
        String topic = clients.topic("transport");
        subscriber.subscribe(topic, inbox::add);
        MqttClient publisher = clients.build(builder -> builder.transport(transport));
        publisher.connect();
        publisher.publish(topic, "x".repeat(100_000));
        assertThat(inbox.next().payload()).hasSize(100_000);
    }

    private static void sharedSubscriptions(InteropClients clients) throws Exception {
        Inbox inbox = new Inbox();
        String topic = clients.topic("shared");
        clients.connected().subscribe("$share/g/" + topic, inbox::add);
        clients.connected().subscribe("$share/g/" + topic, inbox::add);
        MqttClient publisher = clients.connected();
        for (int i = 0; i < 20; i++) {
            publisher.publish(topic, "" + i);
        }
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            seen.add(inbox.next().text());
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    private static void properties(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        Inbox inbox = new Inbox();
        String topic = clients.topic("properties");
        client.subscribe(topic, inbox::add);

        client.publish(Message.of(topic, "x")
                .withUserProperty("a", "1")
                .withUserProperty("a", "2")
                .withContentType("text/plain")
                .withResponseTopic("answer/here")
                .withCorrelationData(new byte[] {1, 2, 3})
                .withUtf8(true));

        Message message = inbox.next();
        assertThat(message.userProperties()).hasSize(2);
        assertThat(message.userProperties().get(1).value()).isEqualTo("2");
        assertThat(message.contentType()).isEqualTo("text/plain");
        assertThat(message.responseTopic()).isEqualTo("answer/here");
        assertThat(message.correlationData()).containsExactly(1, 2, 3);
        assertThat(message.properties().get(Property.PAYLOAD_FORMAT_INDICATOR)).isEqualTo(1);
    }

    private static void requestResponse(InteropClients clients) {
        MqttClient server = clients.connected();
        String topic = clients.topic("request");
        server.subscribe(
                topic,
                request -> server.publishAsync(Message.of(request.responseTopic(), "re " + request.text())
                        .withCorrelationData(request.correlationData())));

        Message response = clients.connected().request(topic, "hello");

        assertThat(response.text()).isEqualTo("re hello");
    }

    private static void subscriptionIdentifiers(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        Inbox inbox = new Inbox();
        String topic = clients.topic("identifiers");
        client.subscribeAsync(
                        List.of(TopicSubscription.of(topic, Qos.AT_LEAST_ONCE)),
                        MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 77),
                        inbox::add)
                .get(10, TimeUnit.SECONDS);

        client.publish(topic, "x");

        assertThat(inbox.next().properties().getAll(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactly(77);
    }

    private static void subscriptionOptions(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        Inbox own = new Inbox();
        Inbox other = new Inbox();
        String topic = clients.topic("options");
        client.subscribe(TopicSubscription.of(topic, Qos.AT_LEAST_ONCE).withNoLocal(true), own::add);
        clients.connected()
                .subscribe(TopicSubscription.of(topic, Qos.AT_LEAST_ONCE).withRetainAsPublished(true), other::add);

        client.publish(Message.of(topic, "x").withRetain(true));

        assertThat(other.next().retain()).isTrue();
        client.publish(Message.clearRetained(topic));
        other.next();
        assertThat(own.messages).isEmpty();
    }

    private static void messageExpiry(InteropClients clients) throws Exception {
        MqttClient client = clients.connected();
        String topic = clients.topic("expiry");
        client.publish(Message.of(topic, "short").withRetain(true).withExpiry(Duration.ofSeconds(1)));
        client.publish(Message.of(topic + "/long", "long").withRetain(true).withExpiry(Duration.ofSeconds(60)));
        // The broker's clock is not ours: ask until the short one is gone.
        List<Message> left = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> retained(clients.connected(), topic), messages -> messages.size() == 1);

        assertThat(left.get(0).text()).isEqualTo("long");
        assertThat(left.get(0).expiry()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        client.publish(Message.clearRetained(topic + "/long"));
    }

    /** The retained messages below a topic, which come before a sentinel that is published after subscribing. */
    private static List<Message> retained(MqttClient client, String topic) throws InterruptedException {
        Inbox inbox = new Inbox();
        client.subscribe(topic + "/#", inbox::add);
        client.publish(topic + "/sentinel", "sentinel");
        List<Message> messages = new ArrayList<>();
        for (Message next = inbox.next(); !next.text().equals("sentinel"); next = inbox.next()) {
            messages.add(next);
        }
        client.close();
        return messages;
    }

    private static void topicAlias(InteropClients clients) throws Exception {
        Inbox inbox = new Inbox();
        String topic = clients.topic("alias");
        MqttClient sub = clients.build(builder -> builder.topicAliasMaximum(2));
        sub.connect();
        sub.subscribe(topic + "/#", inbox::add);
        MqttClient pub = clients.build(builder -> builder.ownTopicAliases(2));
        pub.connect();
        for (int i = 0; i < 12; i++) {
            pub.publish(topic + "/" + i % 3, "" + i);
        }
        for (int i = 0; i < 12; i++) {
            Message message = inbox.next();
            assertThat(message.topic()).isEqualTo(topic + "/" + Integer.parseInt(message.text()) % 3);
        }
    }

    private static void flowControl(InteropClients clients) throws Exception {
        String topic = clients.topic("flow");
        LinkedBlockingQueue<Acknowledgement> handed = new LinkedBlockingQueue<>();
        MqttClient sub = clients.build(builder -> builder.receiveMaximum(2));
        sub.connect();
        sub.subscribe(topic, Qos.AT_LEAST_ONCE, (message, acknowledgement) -> handed.add(acknowledgement));
        MqttClient pub = clients.connected();
        for (int i = 0; i < 5; i++) {
            pub.publish(topic, "" + i);
        }
        for (int i = 0; i < 5; i++) {
            Acknowledgement next = handed.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("message " + i).isNotNull();
            assertThat(handed.size()).isLessThan(2);
            next.acknowledge();
        }
    }

    private static void reasonCodes(InteropClients clients) {
        MqttClient client = clients.connected();
        String topic = clients.topic("reasons");
        assertThat(client.publish(topic, "nobody listens").reason())
                .isIn(ReasonCode.SUCCESS, ReasonCode.NO_MATCHING_SUBSCRIBERS);
        client.unsubscribe(topic);
        List<String> causes = new java.util.concurrent.CopyOnWriteArrayList<>();
        String id = clients.id();
        MqttClient first = clients.build(builder -> builder.clientId(id)
                .reconnect(Reconnect.never())
                .listener(new io.godwit.mqtt.client.ClientListener() {
                    @Override
                    public void disconnected(MqttClient ended, DisconnectCause cause, Duration next) {
                        causes.add(cause.text());
                    }
                }));
        first.connect();

        clients.build(builder -> builder.clientId(id)).connect();

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !causes.isEmpty());
        // Mosquitto 2.0.11 ends the older connection without a word; the others say why.
        assertThat(causes.get(0)).containsAnyOf("session taken over", "the broker closed the connection");
    }

    private static void serverLimits(InteropClients clients) {
        MqttClient client = clients.connected();
        Long largest = client.connection().properties().get(Property.MAXIMUM_PACKET_SIZE);
        if (largest != null && largest < 64_000_000) {
            byte[] tooLarge = new byte[largest.intValue() + 1];
            assertThatThrownBy(() -> client.publish(clients.topic("limits"), tooLarge))
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(PublishException.Cause.LIMIT));
        }
        assertThat(client.isConnected()).isTrue();
        assertThat(client.publish(clients.topic("limits"), "small").reason().isError())
                .isFalse();
    }

    private static void authentication(InteropClients clients) {
        ScramExample scram = new ScramExample("pencil");
        MqttClient client = clients.build(builder -> builder.authenticator(scram));
        client.connect();
        Awaitility.await().until(() -> scram.succeeded() == 1);

        client.reauthenticate().join();

        assertThat(scram.succeeded()).isEqualTo(2);
        MqttClient wrong = clients.build(builder -> builder.authenticator(new ScramExample("crayon")));
        assertThatThrownBy(wrong::connect)
                .isInstanceOfSatisfying(
                        MqttConnectException.class,
                        refused -> assertThat(refused.failure().reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
    }

    /** What a handler has received, for the test's thread to wait for. */
    private static final class Inbox {
        final LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();

        void add(Message message) {
            messages.add(message);
        }

        Message next() throws InterruptedException {
            Message message = messages.poll(10, TimeUnit.SECONDS);
            assertThat(message).as("a message within 10 s").isNotNull();
            return message;
        }

        /** Nothing more has come: a sentinel sent now is the next. */
        void isEmpty(MqttClient client, String topic, Qos qos) throws InterruptedException {
            client.publish(Message.of(topic, "sentinel").withQos(qos));
            assertThat(next().text()).isEqualTo("sentinel");
        }
    }
}
