package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

/** The application is subscribed before it is ready, and ends its work before it stops. */
class LifecycleTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final TestBroker broker = TestBroker.builder()
            .policy(new BrokerPolicy() {
                @Override
                public ReasonCode subscribe(String clientId, TopicSubscription subscription) {
                    return subscription.filter().text().equals(refused)
                            ? ReasonCode.NOT_AUTHORIZED
                            : ReasonCode.SUCCESS;
                }
            })
            .start();

    /** The topic filter that the broker refuses. */
    private volatile String refused = "";

    @AfterEach
    void close() {
        broker.close();
    }

    @ImportAutoConfiguration(GodwitAutoConfiguration.class)
    static class Application {
        final TestBroker broker;
        final CountDownLatch handling = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        volatile List<String> whenReady = List.of();

        Application(TestBroker broker) {
            this.broker = broker;
        }

        @EventListener(ApplicationReadyEvent.class)
        void ready() {
            whenReady = broker.subscriptions("application");
        }

        @MqttListener("quick")
        void quick(String text) {
            handled.add(text);
        }

        @MqttListener("slow")
        @SendTo("answer")
        String slow(String text) throws InterruptedException {
            handling.countDown();
            mayGoOn.await(20, TimeUnit.SECONDS);
            return "handled " + text;
        }
    }

    private ConfigurableApplicationContext start(String... more) {
        return start((name, client) -> {}, more);
    }

    private ConfigurableApplicationContext start(MqttClientCustomizer customizer, String... more) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        application.addInitializers(context -> {
            context.getBeanFactory().registerSingleton("broker", broker);
            context.getBeanFactory().registerSingleton("customizer", customizer);
        });
        application.setDefaultProperties(Map.of(
                "godwit.mqtt.servers", broker.uri(),
                "godwit.mqtt.client-id", "application",
                "godwit.mqtt.close-timeout", "20s"));
        return application.run(more);
    }

    @Test
    void it_has_subscribed_before_it_is_ready() {
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(Application.class).whenReady).containsExactlyInAnyOrder("quick", "slow");
        }
    }

    @Test
    void at_the_end_what_is_being_handled_is_finished_answered_and_acknowledged() throws Exception {
        ConfigurableApplicationContext context = start();
        Application application = context.getBean(Application.class);
        broker.publish(Message.of("slow", "work").withQos(Qos.AT_LEAST_ONCE));
        assertThat(application.handling.await(20, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
        application.mayGoOn.countDown();
        closed.get(20, TimeUnit.SECONDS);

        broker.awaitMessage(seen -> seen.topic().equals("answer") && seen.text().equals("handled work"), LIMIT);
        assertThat(broker.pending("application")).isEmpty();
        assertThat(broker.connectedClients()).isEmpty();
    }

    @Test
    void a_context_that_is_started_again_has_subscribed_again_when_that_returns() throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            context.stop();
            broker.awaitDisconnected("application", LIMIT);

            context.start();

            assertThat(broker.isConnected("application")).isTrue();
            assertThat(broker.subscriptions("application")).containsExactlyInAnyOrder("quick", "slow");
            receives(context, "again");
        }
    }

    @Test
    void a_session_that_the_broker_has_kept_is_ready_at_the_next_start_and_brings_what_came_meanwhile()
            throws Exception {
        try (ConfigurableApplicationContext context =
                start("--godwit.mqtt.clean-session=false", "--godwit.mqtt.session-expiry=1h")) {
            context.stop();
            broker.awaitDisconnected("application", LIMIT);
            broker.publish(Message.of("quick", "meanwhile").withQos(Qos.AT_LEAST_ONCE));

            context.start();

            assertThat(broker.isConnected("application")).isTrue();
            assertThat(context.getBean(Application.class).handled.poll(20, TimeUnit.SECONDS))
                    .isEqualTo("meanwhile");
        }
    }

    @Test
    void a_start_fails_if_the_broker_refuses_a_listener() {
        refused = "slow";

        assertThatThrownBy(() -> start())
                .hasStackTraceContaining(
                        "a listener can't subscribe: the broker refused the subscription to 'slow': not authorized");
    }

    @Test
    void a_second_start_fails_if_the_broker_refuses_a_listener_that_it_granted_before() {
        try (ConfigurableApplicationContext context = start()) {
            context.stop();
            broker.awaitDisconnected("application", LIMIT);
            refused = "slow";

            assertThatThrownBy(context::start)
                    .hasStackTraceContaining(
                            "a listener can't subscribe: the broker refused the subscription to 'slow': not authorized");
        }
    }

    @Test
    void a_listener_that_could_not_subscribe_at_the_first_start_does_so_at_the_second() throws Exception {
        broker.goOffline();
        try (ConfigurableApplicationContext context = start("--godwit.mqtt.listener.startup-timeout=100ms")) {
            context.stop();
            broker.goOnline();

            context.start();

            broker.awaitSubscribed("application", "quick", LIMIT);
            receives(context, "at last");
        }
    }

    @Test
    void a_subscription_that_a_stop_has_ended_is_made_at_the_next_start_however_late_its_end_is_told()
            throws Exception {
        AtomicBoolean late = new AtomicBoolean();
        Executor executor =
                task -> CompletableFuture.delayedExecutor(late.getAndSet(false) ? 200 : 0, TimeUnit.MILLISECONDS)
                        .execute(task);
        MqttClientCustomizer customizer = (name, client) -> client.executor(executor);
        broker.goOffline();
        try (ConfigurableApplicationContext context =
                start(customizer, "--godwit.mqtt.listener.startup-timeout=100ms")) {
            late.set(true);
            context.stop();
            broker.goOnline();

            context.start();

            broker.awaitSubscribed("application", "quick", LIMIT);
            receives(context, "at last");
        }
    }

    private void receives(ConfigurableApplicationContext context, String text) throws InterruptedException {
        broker.publish(Message.of("quick", text).withQos(Qos.AT_LEAST_ONCE));

        assertThat(context.getBean(Application.class).handled.poll(20, TimeUnit.SECONDS))
                .isEqualTo(text);
    }

    @Test
    void without_a_broker_the_application_starts_and_subscribes_later() throws Exception {
        broker.goOffline();
        try (ConfigurableApplicationContext context = start(
                "--godwit.mqtt.reconnect-delay=50ms",
                "--godwit.mqtt.reconnect-maximum-delay=50ms",
                "--godwit.mqtt.listener.startup-timeout=100ms")) {

            broker.goOnline();

            broker.awaitSubscribed("application", "quick", LIMIT);
            receives(context, "late");
        }
    }
}
