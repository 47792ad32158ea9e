package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an application finds when the client calls it, and what is left of the client when it is closed. */
class ApplicationContextTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void all_callbacks_see_the_class_loader_of_the_code_that_built_the_client() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (TestBroker broker = TestBroker.start()) {
            for (int i = 1; i <= 3; i++) {
                ClassLoader application = new URLClassLoader(
                        "application-" + i, new URL[0], getClass().getClassLoader());
                Thread.currentThread().setContextClassLoader(application);
                Map<String, ClassLoader> seen = seenByCallbacks(broker);
                assertThat(seen.keySet())
                        .containsExactlyInAnyOrder("handler", "listener", "supplier", "policy", "future");
                assertThat(seen.values()).containsOnly(application);
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static Map<String, ClassLoader> seenByCallbacks(TestBroker broker) throws Exception {
        Map<String, ClassLoader> seen = new ConcurrentHashMap<>();
        CompletableFuture<Void> handled = new CompletableFuture<>();
        MqttClientBuilder builder = MqttClient.builder()
                .server(broker.uri())
                .clientId("callbacks")
                .credentials(() -> {
                    note(seen, "supplier");
                    return null;
                })
                .reconnect(attempt -> {
                    note(seen, "policy");
                    return null;
                })
                .listener(new ClientListener() {
                    @Override
                    public void connected(MqttClient client, ConnectResult result) {
                        note(seen, "listener");
                    }
                });
        try (MqttClient client = builder.build()) {
            client.connect();
            client.subscribe("t", message -> {
                note(seen, "handler");
                handled.complete(null);
            });
            CompletableFuture<Void> dependent =
                    client.publishAsync(Message.of("t", "x")).thenRun(() -> note(seen, "future"));
            handled.get(10, TimeUnit.SECONDS);
            dependent.get(10, TimeUnit.SECONDS);
            broker.dropConnection("callbacks");
            await().until(() -> seen.containsKey("policy"));
        }
        return seen;
    }

    private static void note(Map<String, ClassLoader> seen, String callback) {
        seen.put(callback, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void an_interrupt_in_one_handler_does_not_reach_the_next_message() throws Exception {
        List<Boolean> interrupted = new ArrayList<>();
        CompletableFuture<Void> all = new CompletableFuture<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            client.subscribe("t", message -> {
                interrupted.add(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
                if (interrupted.size() == 20) {
                    all.complete(null);
                }
            });
            for (int i = 0; i < 20; i++) {
                broker.publish(Message.of("t", "x"));
            }
            all.get(10, TimeUnit.SECONDS);
        }
        assertThat(interrupted).hasSize(20).containsOnly(false);
    }

    @Test
    void handlers_run_on_threads_that_are_named_after_their_client() throws Exception {
        CompletableFuture<String> name = new CompletableFuture<>();
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.builder()
                        .server(broker.uri())
                        .clientId("boiler-7")
                        .build()) {
            client.connect();
            client.subscribe(
                    "t", message -> name.complete(Thread.currentThread().getName()));
            broker.publish(Message.of("t", "x"));

            assertThat(name.get(10, TimeUnit.SECONDS)).isEqualTo("godwit-handler-boiler-7");
        }
    }

    @Test
    void calls_of_a_closed_client_are_answered_after_its_threads_have_ended() {
        MqttClient client;
        try (TestBroker broker = TestBroker.start()) {
            client = MqttClient.connect(broker.uri());
            client.close();
        }

        assertThat(client.connectAsync()).failsWithin(LIMIT);
        assertThat(client.publishAsync(Message.of("t", "x"))).failsWithin(LIMIT);
        assertThat(client.closeAsync()).succeedsWithin(LIMIT);
        client.close();
    }
}
