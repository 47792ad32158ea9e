package io.godwit.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.GodwitTest;
import io.godwit.testkit.TestBroker;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.disposables.Disposable;
import io.smallrye.mutiny.Multi;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.FlowAdapters;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

class MessageStreamTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static MqttClient client(TestBroker broker, int receiveMaximum) {
        return connected(builder(broker).protocol(ProtocolVersion.V5).receiveMaximum(receiveMaximum));
    }

    private static MqttClientBuilder builder(TestBroker broker) {
        return MqttClient.builder().server(broker.uri()).clientId("stream");
    }

    private static MqttClient connected(MqttClientBuilder builder) {
        MqttClient client = builder.build();
        client.connect();
        return client;
    }

    private static void publish(TestBroker broker, Qos qos, int from, int to) {
        for (int i = from; i < to; i++) {
            broker.publish(Message.of("t", String.valueOf(i)).withQos(qos));
        }
    }

    private static String[] numbers(int from, int to) {
        String[] texts = new String[to - from];
        for (int i = from; i < to; i++) {
            texts[i - from] = String.valueOf(i);
        }
        return texts;
    }

    /** Requests messages when the test asks for it, and keeps what it receives. */
    private static class Probe<T> implements Flow.Subscriber<T> {
        final List<T> got = Collections.synchronizedList(new ArrayList<>());
        final LinkedBlockingQueue<Object> ends = new LinkedBlockingQueue<>();
        volatile Flow.@Nullable Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription made) {
            subscription = made;
        }

        @Override
        public void onNext(T next) {
            got.add(next);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add(failure);
        }

        @Override
        public void onComplete() {
            ends.add("complete");
        }

        void request(long messages) {
            Flow.Subscription made = subscription;
            if (made != null) {
                made.request(messages);
            }
        }

        void cancel() {
            Flow.Subscription made = subscription;
            if (made != null) {
                made.cancel();
            }
        }

        Object end() throws InterruptedException {
            Object end = ends.poll(20, TimeUnit.SECONDS);
            assertThat(end).as("the stream's end").isNotNull();
            return end == null ? "none" : end;
        }
    }

    @GodwitTest
    void only_what_was_requested_is_emitted_and_the_broker_keeps_the_rest(TestBroker broker) {
        try (MqttClient client = client(broker, 10)) {
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, "t").messages().subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            publish(broker, Qos.AT_LEAST_ONCE, 0, 100);

            probe.request(3);

            await().atMost(SOON).until(() -> probe.got.size() == 3);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(broker.pending("stream")).hasSize(100 - 3));

            probe.request(Long.MAX_VALUE);

            await().atMost(SOON).until(() -> probe.got.size() == 100);
            assertThat(probe.got).extracting(Message::text).containsExactly(numbers(0, 100));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(broker.pending("stream")).isEmpty());
        }
    }

    @GodwitTest
    void messages_are_acknowledged_by_their_consumer(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            Probe<StreamedMessage> probe = new Probe<>();
            MessageStream.of(client, "t").acknowledged().subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            publish(broker, Qos.AT_LEAST_ONCE, 0, 2);
            probe.request(2);
            await().atMost(SOON).until(() -> probe.got.size() == 2);
            assertThat(broker.pending("stream")).hasSize(2);

            probe.got.forEach(StreamedMessage::acknowledge);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(broker.pending("stream")).isEmpty());
        }
    }

    private static void awaitPending(TestBroker broker, int messages) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(broker.pending("stream")).hasSize(messages));
    }

    private static void awaitReceived(MqttClient client, int messages) {
        await().atMost(SOON)
                .until(() -> client.statistics().messages().received().of(Qos.AT_LEAST_ONCE) == messages);
    }

    private static long rejected(MqttClient client) {
        return client.statistics().messages().rejected();
    }

    @GodwitTest
    void a_stream_that_stops_leaves_the_other_handlers_running_until_receive_maximum_is_reached(TestBroker broker) {
        try (MqttClient client = client(broker, 10)) {
            AtomicInteger others = new AtomicInteger();
            client.subscribe("other", message -> others.incrementAndGet());
            Probe<Message> stopped = new Probe<>();
            MessageStream.of(client, "t").messages().subscribe(stopped);
            broker.awaitSubscribed("stream", "t", SOON);
            publish(broker, Qos.AT_LEAST_ONCE, 0, 1);

            for (int i = 0; i < 20; i++) {
                broker.publish(Message.of("other", "x").withQos(Qos.AT_LEAST_ONCE));
            }

            await().atMost(SOON).until(() -> others.get() == 9);
            client.subscribe("round trip", message -> {});
            assertThat(others).as("handled while the stream is stopped").hasValue(9);
            assertThat(broker.pending("stream")).as("not acknowledged").hasSize(1 + 20);

            stopped.request(1);

            await().atMost(SOON).until(() -> others.get() == 20);
            awaitPending(broker, 0);
        }
    }

    @GodwitTest
    void messages_that_wait_when_a_subscriber_cancels_hold_nothing_back(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            List<String> dropped = Collections.synchronizedList(new ArrayList<>());
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, "t")
                    .onDropped(message -> dropped.add(message.text()))
                    .messages()
                    .subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            client.subscribe("other", message -> {});
            publish(broker, Qos.AT_LEAST_ONCE, 0, 5);
            broker.publish(Message.of("other", "x").withQos(Qos.AT_LEAST_ONCE));
            awaitReceived(client, 6);
            probe.request(2);
            await().atMost(SOON).until(() -> probe.got.size() == 2);

            probe.cancel();

            awaitPending(broker, 0);
            assertThat(rejected(client)).isEqualTo(3);
            await().atMost(SOON).untilAsserted(() -> assertThat(dropped).containsExactly("2", "3", "4"));
        }
    }

    @GodwitTest
    void before_mqtt_5_messages_that_wait_when_a_subscriber_cancels_are_acknowledged_and_reported(TestBroker broker) {
        try (MqttClient client = connected(builder(broker).protocol(ProtocolVersion.V3_1_1))) {
            List<String> dropped = Collections.synchronizedList(new ArrayList<>());
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, "t")
                    .onDropped(message -> dropped.add(message.text()))
                    .messages()
                    .subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            publish(broker, Qos.AT_LEAST_ONCE, 0, 2);
            awaitReceived(client, 2);

            probe.cancel();

            awaitPending(broker, 0);
            await().atMost(SOON).untilAsserted(() -> assertThat(dropped).containsExactly("0", "1"));
        }
    }

    @GodwitTest
    void messages_that_come_after_a_subscriber_has_cancelled_hold_nothing_back(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            CountDownLatch release = new CountDownLatch(1);
            client.subscribe("before", message -> release.await(20, TimeUnit.SECONDS));
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, "t").messages().subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            broker.publish(Message.of("before", "x").withQos(Qos.AT_LEAST_ONCE));
            publish(broker, Qos.AT_LEAST_ONCE, 0, 3);
            awaitReceived(client, 4);

            probe.cancel();
            release.countDown();

            awaitPending(broker, 0);
            assertThat(rejected(client)).isEqualTo(3);
        }
    }

    @GodwitTest
    void messages_of_a_client_that_is_closed_come_again_with_its_session(TestBroker broker)
            throws InterruptedException {
        List<String> dropped = Collections.synchronizedList(new ArrayList<>());
        Probe<Message> probe = new Probe<>();
        try (MqttClient client = connected(builder(broker).cleanSession(false))) {
            MessageStream.of(client, "t")
                    .onDropped(message -> dropped.add(message.text()))
                    .messages()
                    .subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            publish(broker, Qos.AT_LEAST_ONCE, 0, 3);
            awaitReceived(client, 3);
        }

        assertThat(probe.end()).isEqualTo("complete");
        assertThat(broker.pending("stream")).hasSize(3);
        assertThat(dropped).isEmpty();
    }

    /** A client that adds to {@code watched} each future it gives to those who want to know when it is closed. */
    private static MqttClient watched(MqttClient client, List<CompletableFuture<?>> watched) {
        return (MqttClient) Proxy.newProxyInstance(
                MqttClient.class.getClassLoader(), new Class<?>[] {MqttClient.class}, (self, method, given) -> {
                    Object result = method.invoke(client, given);
                    if (method.getName().equals("closed") && result instanceof CompletableFuture<?> closed) {
                        watched.add(closed);
                    }
                    return result;
                });
    }

    @GodwitTest
    void a_client_keeps_nothing_of_a_subscriber_that_has_cancelled(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            List<CompletableFuture<?>> closed = new ArrayList<>();
            Probe<Message> probe = new Probe<>();
            MessageStream.of(watched(client, closed), "t").messages().subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            assertThat(closed).singleElement().returns(1, CompletableFuture::getNumberOfDependents);

            probe.cancel();

            assertThat(closed).singleElement().returns(0, CompletableFuture::getNumberOfDependents);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @GodwitTest
    void messages_of_qos_0_that_find_the_buffer_full_are_dropped_and_reported(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            List<String> dropped = Collections.synchronizedList(new ArrayList<>());
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, TopicSubscription.of("t", Qos.AT_MOST_ONCE))
                    .withBuffer(5)
                    .onDropped(message -> dropped.add(message.text()))
                    .messages()
                    .subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);

            publish(broker, Qos.AT_MOST_ONCE, 0, 8);
            await().atMost(SOON).until(() -> dropped.size() == 3);
            probe.request(10);

            await().atMost(SOON).until(() -> probe.got.size() == 5);
            assertThat(dropped).containsExactly("5", "6", "7");
        }
    }

    @GodwitTest
    void cancelling_unsubscribes(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, "t").messages().subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);

            probe.cancel();

            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(broker.subscriptions("stream")).isEmpty());
            assertThat(probe.ends).isEmpty();
        }
    }

    @GodwitTest
    void closing_the_client_completes_the_stream(TestBroker broker) throws InterruptedException {
        Probe<Message> probe = new Probe<>();
        try (MqttClient client = client(broker, 100)) {
            MessageStream.of(client, "t").messages().subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
        }

        assertThat(probe.end()).isEqualTo("complete");
    }

    @GodwitTest
    void a_refused_subscription_is_an_error_of_the_stream(TestBroker broker) throws InterruptedException {
        broker.settings(settings -> settings.policy(new BrokerPolicy() {
            @Override
            public ReasonCode subscribe(String clientId, TopicSubscription subscription) {
                return ReasonCode.NOT_AUTHORIZED;
            }
        }));
        try (MqttClient client = client(broker, 100)) {
            Probe<Message> probe = new Probe<>();

            MessageStream.of(client, "t").messages().subscribe(probe);

            assertThat(probe.end()).isInstanceOf(SubscribeException.class);
        }
    }

    @GodwitTest
    void requesting_nothing_is_an_error(TestBroker broker) throws InterruptedException {
        try (MqttClient client = client(broker, 100)) {
            Probe<Message> probe = new Probe<>();
            MessageStream.of(client, "t").messages().subscribe(probe);

            probe.request(0);

            assertThat(probe.end()).asString().contains("requested 0 messages: must be more than 0 (rule 3.9)");
        }
    }

    @GodwitTest
    void a_subscriber_that_throws_is_cancelled_and_its_messages_are_rejected(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            Probe<Message> probe = new Probe<>() {
                @Override
                public void onNext(Message message) {
                    throw new IllegalStateException("as planned by the test");
                }
            };
            MessageStream.of(client, "t")
                    .withExecutor(task -> new Thread(() -> {
                                try {
                                    task.run();
                                } catch (IllegalStateException planned) {
                                    assertThat(planned).hasMessage("as planned by the test");
                                }
                            })
                            .start())
                    .messages()
                    .subscribe(probe);
            broker.awaitSubscribed("stream", "t", SOON);
            probe.request(1);

            publish(broker, Qos.AT_LEAST_ONCE, 0, 3);

            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(broker.subscriptions("stream")).isEmpty());
            awaitPending(broker, 0);
            assertThat(rejected(client)).isPositive();
        }
    }

    @GodwitTest
    void reactor_consumes_a_stream_on_its_own_threads(TestBroker broker) {
        try (MqttClient client = client(broker, 8)) {
            Flux<String> texts = JdkFlowAdapter.flowPublisherToFlux(
                            MessageStream.of(client, "t").acknowledged())
                    .publishOn(Schedulers.single(), 4)
                    .doOnNext(StreamedMessage::acknowledge)
                    .map(next -> next.message().text())
                    .take(50);
            List<String> got = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch complete = new CountDownLatch(1);
            texts.subscribe(got::add, failure -> {}, complete::countDown);
            broker.awaitSubscribed("stream", "t", SOON);

            publish(broker, Qos.EXACTLY_ONCE, 0, 50);

            await().atMost(SOON).until(() -> complete.getCount() == 0);
            assertThat(got).containsExactly(numbers(0, 50));
        }
    }

    @GodwitTest
    void rxjava_consumes_a_stream(TestBroker broker) {
        try (MqttClient client = client(broker, 8)) {
            List<String> got = Collections.synchronizedList(new ArrayList<>());
            Disposable consuming = Flowable.fromPublisher(FlowAdapters.toPublisher(
                            MessageStream.of(client, "t").messages()))
                    .map(Message::text)
                    .take(20)
                    .subscribe(got::add);
            broker.awaitSubscribed("stream", "t", SOON);

            publish(broker, Qos.AT_LEAST_ONCE, 0, 20);

            await().atMost(SOON).until(() -> got.size() == 20);
            assertThat(got).containsExactly(numbers(0, 20));
            awaitPending(broker, 0);
            assertThat(rejected(client)).isZero();
            consuming.dispose();
        }
    }

    @GodwitTest
    void mutiny_consumes_a_stream(TestBroker broker) {
        try (MqttClient client = client(broker, 8)) {
            List<String> got = Collections.synchronizedList(new ArrayList<>());
            Multi.createFrom()
                    .publisher(MessageStream.of(client, "t").messages())
                    .map(Message::text)
                    .select()
                    .first(20)
                    .subscribe()
                    .with(got::add);
            broker.awaitSubscribed("stream", "t", SOON);

            publish(broker, Qos.AT_LEAST_ONCE, 0, 20);

            await().atMost(SOON).until(() -> got.size() == 20);
            assertThat(got).containsExactly(numbers(0, 20));
        }
    }

    @GodwitTest
    void a_buffer_of_nothing_is_rejected(TestBroker broker) {
        try (MqttClient client = client(broker, 8)) {
            assertThatThrownBy(() -> MessageStream.of(client, "t").withBuffer(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("invalid buffer 0: must be at least 1");
        }
    }
}
