package io.godwit.web.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedMessageTest {
    private static final Instant TIME = Instant.parse("2026-11-24T10:00:01.250Z");

    @Test
    void a_line_holds_time_topic_flags_and_payload() {
        Message message =
                Message.of("home/hall", "\"on\" µ").withQos(Qos.EXACTLY_ONCE).withRetain(true);

        String line = new RecordedMessage(Duration.ofMillis(1250), TIME, message).toJson();

        assertThat(line)
                .isEqualTo("{\"at\":1.250000,\"time\":\"2026-11-24T10:00:01.250Z\",\"topic\":\"home/hall\","
                        + "\"qos\":2,\"retain\":true,\"payload\":\"\\\"on\\\" µ\"}");
    }

    @Test
    void what_was_written_is_read_with_all_properties() {
        Message message = Message.of("a", new byte[] {(byte) 0xFF, 0})
                .withQos(Qos.AT_LEAST_ONCE)
                .withCorrelationData(new byte[] {(byte) 0x80})
                .withResponseTopic("b/c")
                .withContentType("a/b")
                .withExpiry(Duration.ofSeconds(4_000_000_000L))
                .withUtf8(false)
                .withUserProperty("k", "1")
                .withUserProperty("k", "2");

        String line = new RecordedMessage(Duration.ofNanos(5_000), TIME, message).toJson();
        RecordedMessage read = RecordedMessage.parse(line);

        assertThat(read.toJson()).isEqualTo(line);
        assertThat(read.at()).isEqualTo(Duration.ofNanos(5_000));
        assertThat(read.time()).isEqualTo(TIME);
        assertThat(read.message().payload()).isEqualTo(message.payload());
        assertThat(read.message().correlationData()).isEqualTo(message.correlationData());
        assertThat(read.message().responseTopic()).isEqualTo("b/c");
        assertThat(read.message().contentType()).isEqualTo("a/b");
        assertThat(read.message().expiry()).isEqualTo(message.expiry());
        assertThat(read.message().userProperties()).isEqualTo(message.userProperties());
        assertThat(read.message().properties().size())
                .isEqualTo(message.properties().size());
    }

    @Test
    void what_belongs_to_a_subscription_is_not_written() {
        MqttProperties properties = MqttProperties.of(Property.SUBSCRIPTION_IDENTIFIER, 7);
        Message message = Message.of("a", "x").withProperties(properties);

        assertThat(new RecordedMessage(Duration.ZERO, null, message).toJson())
                .isEqualTo("{\"at\":0.000000,\"topic\":\"a\",\"qos\":1,\"retain\":false,\"payload\":\"x\"}");
    }

    @Test
    void a_topic_is_enough() {
        Message message = RecordedMessage.parse("{\"topic\":\"a\",\"of a later version\":[{}]}")
                .message();

        assertThat(message.topic()).isEqualTo("a");
        assertThat(message.payload()).isEmpty();
        assertThat(message.qos()).isEqualTo(Qos.AT_MOST_ONCE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                                     | a line must be a JSON object",
                "{\"topic\":\"a\"                                       | invalid JSON",
                "{\"topic\":\"a\"} {}                                   | more follows",
                "{\"payload\":\"x\"}                                    | missing \"topic\"",
                "{\"topic\":\"a/#\"}                                    | wildcard",
                "{\"topic\":7}                                          | \"topic\" must be a string",
                "{\"topic\":\"a\",\"qos\":3}                            | from 0 to 2",
                "{\"topic\":\"a\",\"at\":-1}                            | \"at\" must be the seconds",
                "{\"topic\":\"a\",\"time\":\"noon\"}                    | \"time\" must be a time",
                "{\"topic\":\"a\",\"time\":\"+1000000000-12-31T23:59:59Z\"} | of the years 1970 to 9999",
                "{\"topic\":\"a\",\"time\":\"-0001-01-01T00:00:00Z\"} | of the years 1970 to 9999",
                "{\"topic\":\"a\",\"payloadBase64\":\"*\"}              | is not Base64",
                "{\"topic\":\"a\",\"properties\":{\"x\":1}}             | no property \"x\"; it has user-properties",
                "{\"topic\":\"a\",\"properties\":{\"payload-format-indicator\":2}} | from 0 to 1",
                "{\"topic\":\"a\",\"properties\":{\"user-properties\":[[\"k\"]]}}  | must be a list of pairs"
            })
    void what_is_wrong_in_a_line_is_said(String line, String error) {
        assertThatThrownBy(() -> RecordedMessage.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(error);
    }

    @Test
    void the_time_of_a_recording_is_exact_to_the_microsecond() {
        byte[] payload = "x".getBytes(StandardCharsets.UTF_8);
        Duration at = Duration.ofSeconds(86_400).plusNanos(1_000);

        String line = new RecordedMessage(at, null, Message.of("a", payload)).toJson();

        assertThat(line).startsWith("{\"at\":86400.000001,");
        assertThat(RecordedMessage.parse(line).at()).isEqualTo(at);
    }
}
