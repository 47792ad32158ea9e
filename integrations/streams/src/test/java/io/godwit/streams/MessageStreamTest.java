package io.godwit.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.client.MqttClient;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.FlowAdapters;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

class MessageStreamTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static MqttClient client(TestBroker broker, int receiveMaximum) {
        MqttClient client = MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .clientId("stream")
                .receiveMaximum(receiveMaximum)
                .build();
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

    @GodwitTest
    void a_stream_that_stops_does_not_stop_the_other_subscriptions(TestBroker broker) {
        try (MqttClient client = client(broker, 100)) {
            CountDownLatch others = new CountDownLatch(50);
            CountDownLatch release = new CountDownLatch(1);
            client.subscribe("other", message -> others.countDown());
            Probe<Message> blocked = new Probe<>() {
                @Override
                public void onNext(Message message) {
                    await().atMost(SOON).until(() -> release.getCount() == 0);
                    super.onNext(message);
                }
            };
            MessageStream.of(client, "t").messages().subscribe(blocked);
            broker.awaitSubscribed("stream", "t", SOON);
            blocked.request(1);
            publish(broker, Qos.AT_LEAST_ONCE, 0, 20);

            for (int i = 0; i < 50; i++) {
                broker.publish(Message.of("other", "x").withQos(Qos.AT_LEAST_ONCE));
            }

            await().atMost(SOON).until(() -> others.getCount() == 0);
            assertThat(blocked.got).isEmpty();
            release.countDown();
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

            Flow.Subscription subscription = probe.subscription;
            assertThat(subscription).isNotNull();
            if (subscription != null) {
                subscription.cancel();
            }

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
    void a_subscriber_that_throws_is_cancelled_and_the_message_stays_unacknowledged(TestBroker broker) {
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

            publish(broker, Qos.AT_LEAST_ONCE, 0, 1);

            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(broker.subscriptions("stream")).isEmpty());
            assertThat(broker.pending("stream")).hasSize(1);
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
