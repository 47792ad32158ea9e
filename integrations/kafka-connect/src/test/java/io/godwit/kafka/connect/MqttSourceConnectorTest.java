package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.TestBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MqttSourceConnectorTest {
    private final Map<String, String> settings = new HashMap<>();
    private final FakeSourceContext context = new FakeSourceContext();
    private final MqttSourceConnector connector = new MqttSourceConnector();
    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.builder().credentials("user", "secret").start();
        settings.putAll(Map.of(
                "name", "plant",
                "tasks.max", "4",
                "mqtt.server.uri", broker.uri(),
                "mqtt.username", "user",
                "mqtt.password", "secret",
                "mqtt.topics", "a/#,b/#",
                "kafka.topic", "mqtt.{1}"));
        connector.initialize(context);
    }

    @AfterEach
    void stop() {
        connector.stop();
        broker.close();
    }

    private List<Map<String, String>> tasks(String... more) {
        set(more);
        connector.start(settings);
        return connector.taskConfigs(4);
    }

    private void set(String... more) {
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
    }

    @Test
    void all_tasks_share_one_subscription_if_the_broker_offers_it() {
        assertThat(tasks())
                .hasSize(4)
                .allMatch(task -> task.get(SourceConfig.IS_SHARED).equals("true"));
        await().until(() -> broker.connectedClients().isEmpty());
    }

    @Test
    void otherwise_the_filters_are_divided() {
        broker.settings(s -> s.sharedAvailable(false));

        assertThat(tasks())
                .hasSize(2)
                .allMatch(task -> task.get(SourceConfig.IS_SHARED).equals("false"));
    }

    @Test
    void one_filter_without_a_shared_subscription_is_one_task() {
        assertThat(tasks("mqtt.shared.subscription", "never", "mqtt.topics", "a/#"))
                .hasSize(1);
    }

    @Test
    void on_older_versions_a_shared_subscription_is_asked_for() {
        assertThat(tasks("mqtt.protocol.version", "3.1.1")).hasSize(2);
        assertThat(tasks("mqtt.protocol.version", "3.1.1", "mqtt.shared.subscription", "always"))
                .hasSize(4);
    }

    @Test
    void retained_messages_need_filters_of_their_own() {
        assertThat(tasks("mqtt.retained", "new")).hasSize(2);
    }

    @Test
    void without_an_answer_the_tasks_stay_as_they_are() {
        broker.goOffline();

        assertThatThrownBy(this::tasks)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("Step 2, TCP connection, failed");
        broker.goOnline();
        assertThat(connector.taskConfigs(4)).hasSize(4);
    }

    @Test
    void sessions_of_tasks_that_are_no_longer_are_given_to_those_that_are() {
        context.offsets.put(Map.of("client.id", "plant-5"), Map.of("message", 1L));
        context.offsets.put(Map.of("client.id", "plant-2"), Map.of("message", 1L));

        assertThat(tasks()).extracting(task -> task.get(SourceConfig.RETIRED)).containsExactly("", "5", "", "");
    }

    private String error(String setting) {
        return connector.validate(settings).configValues().stream()
                .filter(value -> value.name().equals(setting))
                .map(ConfigValue::errorMessages)
                .map(messages -> String.join("\n", messages))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_valid_configuration_has_no_errors_and_leaves_no_session() {
        assertThat(connector.validate(settings).configValues())
                .allMatch(value -> value.errorMessages().isEmpty());
        await().until(() -> broker.connectedClients().isEmpty());
        assertThat(broker.connects()).allMatch(connect -> connect.clientId().startsWith("plant-check-"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mqtt.server.uri; tcp://host; use mqtt://",
                "mqtt.server.uri; mqtt://me:pw@host; use mqtt.username and mqtt.password",
                "mqtt.server.uri; ''; is missing",
                "mqtt.topics; a/b#; it must be the whole last level",
                "mqtt.topics; $share/g/a; write the filter alone",
                "mqtt.topics; ''; is missing",
                "kafka.topic; a{; without its '}'",
                "kafka.topic; ''; is missing",
                "kafka.topic; {group:1}; set mqtt.topic.regex",
                "mqtt.topic.regex; (; not a valid regular expression",
                "dead.letter.topic; a b; not a topic name of Kafka",
                "mqtt.qos; 3; must be no more than 2",
                "mqtt.proxy; ftp://x; mqtt.proxy is invalid",
                "mqtt.ssl.ca; /ca.pem; use mqtts:// or wss://",
                "mqtt.ssl.certificate; /c.pem; use mqtts:// or wss://",
                "mqtt.websocket.headers; A: b; no server of mqtt.server.uri is a ws://",
                "mqtt.websocket.headers; Ab; a line without a colon",
            })
    void what_is_invalid_is_said_with_what_is_right(String setting, String value, String message) {
        set(setting, value);

        assertThat(error(setting)).contains(message);
    }

    @Test
    void contradictions_are_found() {
        set("mqtt.ssl.certificate", "/c.pem");
        assertThat(error("mqtt.ssl.key")).contains("needs both");
        settings.remove("mqtt.username");
        assertThat(error("mqtt.password")).contains("without mqtt.username");
        set("mqtt.retained", "all", "mqtt.shared.subscription", "always");
        assertThat(error("mqtt.retained")).contains("send no retained messages for a shared subscription");
    }

    @Test
    void the_step_that_fails_is_named_at_the_setting_to_change() {
        set("mqtt.password", "wrong");
        assertThat(error("mqtt.username"))
                .contains("Step 6, CONNECT and CONNACK, failed")
                .doesNotContain("wrong");
        broker.goOffline();
        assertThat(error("mqtt.server.uri")).contains("Step 2, TCP connection, failed");
        set("mqtt.server.uri", "mqtt://no-such-host.invalid");
        assertThat(error("mqtt.server.uri")).contains("Step 1, name resolution, failed");
        set("mqtt.connection.check", "false");
        assertThat(error("mqtt.server.uri")).isEmpty();
    }

    @Test
    void passwords_do_not_show() {
        assertThat(new SourceConfig(settings).toString()).doesNotContain("secret");
        assertThat(new SourceConfig(settings).values().toString()).doesNotContain("secret");
    }

    @Test
    void it_is_never_exactly_once() {
        assertThat(connector.exactlyOnceSupport(settings)).isEqualTo(ExactlyOnceSupport.UNSUPPORTED);
    }

    @Test
    void a_reset_of_the_offsets_ends_the_sessions_and_other_changes_are_refused() {
        try (MqttClient client = MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .credentials("user", "secret")
                .clientId("plant-0")
                .cleanSession(false)
                .sessionExpiry(Duration.ofDays(1))
                .build()) {
            client.connect();
        }
        assertThat(broker.hasSession("plant-0")).isTrue();
        Map<Map<String, ?>, Map<String, ?>> reset = new HashMap<>();
        reset.put(Map.of("client.id", "plant-0"), null);

        assertThat(connector.alterOffsets(settings, reset)).isTrue();

        await().until(() -> !broker.hasSession("plant-0"));
        assertThatThrownBy(() ->
                        connector.alterOffsets(settings, Map.of(Map.of("client.id", "plant-0"), Map.of("message", 1L))))
                .isInstanceOf(ConnectException.class);
    }
}
