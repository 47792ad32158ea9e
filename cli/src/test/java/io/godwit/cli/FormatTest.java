package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import io.godwit.cli.output.OutputFormat;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each directive of {@code -F}, with widths and precisions, next to the real mosquitto_sub: byte for byte. */
class FormatTest {
    private static final List<String> DIRECTIVES = List.of("t p x X l q r A E F S C R D P".split(" "));
    private static final List<String> SIZES = List.of(
            "", "-", "5", "-5", "05", "-05", "20", "-20", "020", "-020", ".0", ".3", ".20", "10.2", "-10.2", "010.2");

    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static Mosquitto broker;
    private static String port;

    @BeforeAll
    static void start() throws IOException {
        broker = Mosquitto.start(folder);
        port = String.valueOf(broker.port());
        publish(
                "properties",
                "hällo wörld",
                "-q 1 -D publish content-type a/bc -D publish response-topic r/t"
                        + " -D publish user-property k v -D publish user-property l w"
                        + " -D publish payload-format-indicator 1 -D publish correlation-data abc");
        publish("plain", "x", "");
        publish("kü", "{\"a\":1,\"b\":[1,true,null,\"ü\\u0007\"],\"c\":{}}", "");
        Command.run("mosquitto_pub -p " + port + " -t f/binary -r -f "
                        + Files.write(folder.resolve("binary"), new byte[] {'a', 1, 'b', (byte) 0xFF, '\n', 'c'}))
                .ends(0);
    }

    private static void publish(String topic, String payload, String options) {
        Command.run("mosquitto_pub -V 5 -p " + port + " -t f/" + topic + " -r -m '" + payload + "' " + options)
                .ends(0);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static String of(String program, String topic, String... options) {
        List<String> line = new java.util.ArrayList<>(
                program.equals("godwit") ? Command.java(List.of("sub")) : List.of("mosquitto_sub"));
        line.addAll(List.of("-V", "5", "-p", port, "-t", "f/" + topic, "-C", "1", "-W", "30", "-q", "1"));
        line.addAll(List.of("-D", "subscribe", "subscription-identifier", "7"));
        line.addAll(List.of(options));
        return Command.of(line.toArray(String[]::new)).ends(0).output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"properties", "plain", "kü", "binary"})
    void every_directive_with_widths_and_precisions(String topic) {
        StringBuilder format = new StringBuilder();
        for (String directive : DIRECTIVES) {
            for (String size : SIZES) {
                if (size.contains(".") && directive.equalsIgnoreCase("x")) {
                    continue; // 2.1 separates digits, see below
                }
                format.append('%').append(size).append(directive).append('|');
            }
            format.append("\\n");
        }

        String ours = of("godwit", topic, "-F", format.toString());

        assertThat(ours).isEqualTo(of("mosquitto_sub", topic, "-F", format.toString()));
    }

    /** What mosquitto_sub has from 2.1 on: digits in groups, and payloads that are a number. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00017fff   | %.2x      | 00 01 7f ff",
                "00017fff   | %.2:X     | 00:01:7F:FF",
                "00017fff   | %.4-x     | 0001-7fff",
                "00017fff   | %.3x      | 000 17f ff",
                "00017fff   | %.0x      | 00017fff",
                "0000c03f   | %f        | 1.500000",
                "0000c03f   | <%8.2f>   | <    1.50>",
                "0000c03f   | <%-8.2f>  | <1.50    >",
                "0000c03f   | <%08.2f>  | <00001.50>",
                "0000c07f   | %f        | nan",
                "182d4454fb210940 | %d        | 3.141593",
                "182d4454fb2109c0 | %.10d     | -3.1415926536"
            })
    void groups_of_hex_digits_and_numbers_of_IEEE_754(String payload, String format, String printed) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        OutputFormat.parse(format, false, false, ZoneOffset.UTC)
                .append(
                        out,
                        new Message(
                                "t", HexFormat.of().parseHex(payload), Qos.AT_MOST_ONCE, false, MqttProperties.NONE),
                        Instant.EPOCH);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(printed);
    }

    @Test
    void a_payload_that_is_no_such_number_is_reported_and_the_next_one_printed() {
        Command sub = Command.run("godwit sub -p " + port + " -t f/plain -C 1 -W 30 -F %f")
                .ends(0);

        assertThat(sub.output()).isEmpty();
        assertThat(sub.errors())
                .contains("the payload on topic 'f/plain' has 1 bytes, a floating point number of %f has 4");
    }

    /** The time and the packet identifier, which the library keeps to itself, are left out of the comparison. */
    private static String timeless(String json) {
        return json.replaceFirst(
                        "\"tst\":\\s*\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z[+-]\\d{4}\",\\s*", "")
                .replaceFirst("\"mid\":\\s*\\d+,\\s*", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"properties", "plain", "kü"})
    void messages_as_JSON(String topic) {
        for (String pretty : List.of("-v", "--pretty")) {
            assertThat(timeless(of("godwit", topic, "-F", "%j", pretty)))
                    .isEqualTo(timeless(of("mosquitto_sub", topic, "-F", "%j", pretty)));
        }
    }

    @Test
    void payloads_as_JSON() {
        for (String pretty : List.of("-v", "--pretty")) {
            assertThat(timeless(of("godwit", "kü", "-F", "%J", pretty)))
                    .isEqualTo(timeless(of("mosquitto_sub", "kü", "-F", "%J", pretty)));
        }
    }

    @Test
    void a_payload_that_is_not_UTF_8_is_Base64_in_JSON_so_that_nothing_is_lost() {
        assertThat(of("godwit", "binary", "-F", "%j"))
                .contains(
                        "\"payloadlen\":6,\"properties\":{\"subscription-identifier\":7},\"payloadBase64\":\"YQFi/wpj\"}");
    }

    @Test
    void messages_without_payload_print_as_there() {
        String session = " -p " + port + " -t e/# -q 1 -c -i ";
        for (String options : List.of("-v", "-v -N", "-N", "--pretty", "-F <%p>")) {
            Command.run("godwit sub -E" + session + "ours").ends(0);
            Command.run("mosquitto_sub -E" + session + "theirs").ends(0);
            for (String payload : List.of("-m one", "-n", "-m two")) {
                Command.run("mosquitto_pub -q 1 -p " + port + " -t e/a " + payload)
                        .ends(0);
            }

            Command ours = Command.run("godwit sub -C 3 -W 30 " + options + session + "ours")
                    .ends(0);
            Command theirs = Command.run("mosquitto_sub -C 3 -W 30 " + options + session + "theirs")
                    .ends(0);
            assertThat(ours.output()).as(options).isEqualTo(theirs.output());
        }
    }
}
