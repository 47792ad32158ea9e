package io.godwit.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageMakerTest {
    private static MessageMaker maker(String topic, String... more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("mqtt.server.uri", "mqtt://localhost", "mqtt.topic", topic));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new MessageMaker(new SinkConfig(settings));
    }

    private static SinkRecord record(Object value) {
        return new SinkRecord(
                "commands",
                3,
                Schema.STRING_SCHEMA,
                "pump-7",
                null,
                value,
                42,
                null,
                TimestampType.NO_TIMESTAMP_TYPE,
                new ConnectHeaders());
    }

    @ParameterizedTest
    @CsvSource({
        "devices/{key}/commands, devices/pump-7/commands",
        "{topic}/{partition}, commands/3",
        "sites/{header:site}, sites/north",
        "sites/{header:none|south}, sites/south",
        "rooms/{json:/room/0}, rooms/hall"
    })
    void the_topic_comes_from_the_key_a_header_or_a_field(String template, String topic) {
        SinkRecord record = record("{\"room\":[\"hall\"]}");
        record.headers().addString("site", "north");

        Message message = maker(template).make(record);

        assertThat(message).isNotNull();
        assertThat(message.topic()).isEqualTo(topic);
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt.qos, 3, 0 to 2",
        "mqtt.qos, high, 0 to 2",
        "mqtt.retain, perhaps, true or false",
        "mqtt.message.expiry, -1, 0 to 4294967295",
        "mqtt.response.topic, answers/#, #"
    })
    void an_invalid_header_is_rejected_with_what_is_right(String header, String value, String expected) {
        SinkRecord record = record("x");
        record.headers().addString(header, value);

        assertThatThrownBy(() -> maker("{key}").make(record))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void settings_apply_where_a_header_is_missing() {
        MessageMaker maker =
                maker("{key}", "mqtt.qos", "2", "mqtt.message.expiry.seconds", "60", "mqtt.content.type", "text/plain");
        SinkRecord record = record("x");
        record.headers()
                .addInt("mqtt.qos", 0)
                .addString("mqtt.response.topic", "answers/7")
                .addBytes("mqtt.correlation.data", "id".getBytes(StandardCharsets.UTF_8));

        Message plain = maker.make(record("x"));
        Message changed = maker.make(record);

        assertThat(plain).isNotNull();
        assertThat(plain.qos().level()).isEqualTo(2);
        assertThat(plain.expiry()).hasSeconds(60);
        assertThat(plain.contentType()).isEqualTo("text/plain");
        assertThat(changed).isNotNull();
        assertThat(changed.qos().level()).isZero();
        assertThat(changed.responseTopic()).isEqualTo("answers/7");
        assertThat(changed.correlationData()).isEqualTo("id".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void the_headers_of_the_source_are_those_of_the_sink() {
        SinkRecord record = record("x");
        record.headers()
                .addString("mqtt.topic", "elsewhere")
                .addLong("mqtt.received.at", 1_700_000_000_000L)
                .addBoolean("mqtt.duplicate", true)
                .addInt("mqtt.qos", 1)
                .addBoolean("mqtt.retain", true);

        Message message = maker("{key}").make(record);

        assertThat(message).isNotNull();
        assertThat(message.topic()).isEqualTo("pump-7");
        assertThat(message.retain()).isTrue();
    }
}
