package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordMakerTest {
    private static final Message MESSAGE = Message.of("plant/line 7/temp", "{\"device\":{\"id\":42},\"list\":[\"x\"]}")
            .withUserProperty("site", "North/1");

    private static PendingRecord record(Message message, String... settings) {
        Map<String, String> all =
                new HashMap<>(Map.of("mqtt.server.uri", "mqtt://localhost", "mqtt.topics", "#", "kafka.topic", "t"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new RecordMaker(new SourceConfig(all))
                .make(new PendingMessage(message, () -> {}, 1000), Map.of(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt.{1}.{3}, mqtt.plant.temp",
        "{topic}, plant.line_7.temp",
        "{2}, line_7",
        "{user:site}, North.1",
        "{user:other|none}, none",
        "{json:/device/id}, 42",
        "{group:n}, 7",
        "{group:1}, 7",
    })
    void the_topic_is_made_by_a_template(String template, String topic) {
        assertThat(record(MESSAGE, "kafka.topic", template, "mqtt.topic.regex", ".*/line (?<n>\\d+)/.*")
                        .topic())
                .isEqualTo(topic);
    }

    @ParameterizedTest
    @CsvSource({
        "{9}, no value for {9}",
        "{json:/none}, no value for {json:/none}",
        "{group:2}, has no group 2",
        "{user:x|..}, not a topic name",
    })
    void a_message_without_a_topic_is_a_bad_one(String template, String message) {
        assertThatThrownBy(() -> record(MESSAGE, "kafka.topic", template, "mqtt.topic.regex", "(.*)"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"{topic}, plant/line 7/temp", "{json:/list/0}, x", "{user:none}, ", "'', "})
    void the_key_is_made_by_a_template_and_may_be_missing(String template, String key) {
        assertThat(record(MESSAGE, "kafka.key", template).key()).isEqualTo(key);
    }

    @Test
    void headers_hold_what_the_message_has_beside_its_payload() {
        Message message = MESSAGE.withContentType("application/json")
                .withResponseTopic("r")
                .withCorrelationData(new byte[] {1})
                .withExpiry(Duration.ofSeconds(9))
                .withRetain(true);

        Map<String, Object> headers = new HashMap<>();
        record(message, "deduplication.key", "{user:site}-{hash}")
                .headers()
                .forEach(header -> headers.put(header.key(), header.value()));

        assertThat(headers)
                .containsEntry("mqtt.topic", "plant/line 7/temp")
                .containsEntry("mqtt.qos", 1)
                .containsEntry("mqtt.retain", true)
                .containsEntry("mqtt.duplicate", false)
                .containsEntry("mqtt.received.at", 1000L)
                .containsEntry("mqtt.content.type", "application/json")
                .containsEntry("mqtt.response.topic", "r")
                .containsEntry("mqtt.correlation.data", new byte[] {1})
                .containsEntry("mqtt.message.expiry", 9L)
                .containsEntry("mqtt.user.site", "North/1");
        assertThat(headers.get("mqtt.deduplication.key").toString()).matches("North/1-[0-9a-f]{64}");
    }

    @Test
    void the_value_is_bytes_a_string_or_parsed_json() {
        PendingRecord bytes = record(MESSAGE);
        PendingRecord string = record(MESSAGE, "value.format", "string");
        PendingRecord json = record(MESSAGE, "value.format", "json");

        assertThat(bytes.value()).isEqualTo(MESSAGE.payload());
        assertThat(bytes.valueSchema()).isEqualTo(Schema.BYTES_SCHEMA);
        assertThat(string.value()).isEqualTo(MESSAGE.text());
        assertThat(((Map<?, ?>) json.value()).get("device")).isEqualTo(Map.of("id", 42L));
    }

    @Test
    void json_with_a_schema_becomes_a_struct() {
        Message message = Message.of("a", """
                {"schema":{"type":"struct","fields":[{"field":"t","type":"double"}]},"payload":{"t":21.5}}""");

        PendingRecord record = record(message, "value.format", "json", "value.json.schemas.enable", "true");

        assertThat(((Struct) record.value()).getFloat64("t")).isEqualTo(21.5);
    }

    @Test
    void a_payload_that_is_not_utf_8_is_not_a_string() {
        Message message = Message.of("a", new byte[] {(byte) 0xff});

        assertThatThrownBy(() -> record(message, "value.format", "string"))
                .isInstanceOf(DataException.class)
                .hasMessage("the payload is not UTF-8: use value.format=bytes");
        assertThat(new String((byte[]) record(message).value(), StandardCharsets.ISO_8859_1))
                .isEqualTo("\u00ff");
    }
}
