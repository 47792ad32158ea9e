package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.godwit.mqtt.client.engine.Internals;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broker that violates the protocol: one row per case, with the reaction of the client. In each case the client
 * closes what it must, reports why, and can connect again.
 */
class HostileBrokerTest {
    private static final String PAGE = """
            # Hostile brokers

            What a hostile or broken broker may do, and how the client reacts. Each row is a test in `HostileBrokerTest`, once for each
            version: it ends within ten seconds, the listener and the futures report why, the client holds less than a megabyte
            afterwards, and the next connection works. Run it with `./mvnw -pl client -am test -Dtest=HostileBrokerTest`, which
            regenerates this page if you add `-Dapi.update`.

            | the broker sends or does | MQTT | the client |
            | --- | --- | --- |
            """;
    private static final String BREACH = "the broker broke the protocol";
    private static final List<ProtocolVersion> OLDER = List.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1);
    private static final List<ProtocolVersion> ALL = List.of(ProtocolVersion.values());
    private static final List<ProtocolVersion> FIVE = List.of(ProtocolVersion.V5);

    /** What the client has in flight when the broker strikes; its packet identifier is 1. */
    enum InFlight {
        NOTHING,
        QOS_1,
        QOS_2,
        SUBSCRIBE,
        UNSUBSCRIBE
    }

    /**
     * One case.
     *
     * @param refused how the first connect fails; null: CONNACK comes first
     * @param lost the reported end of the connection; null: it stays up
     * @param code the reason code of the client's DISCONNECT, MQTT 5; -1: none is awaited
     */
    record Row(
            ProtocolVersion version,
            String name,
            InFlight inFlight,
            Consumer<BrokerScript> strike,
            @Nullable FailureReason refused,
            @Nullable String lost,
            int code) {
        /** Its line in the docs; the versions are filled in. */
        String line() {
            String during = inFlight == InFlight.NOTHING
                    ? ""
                    : ", while "
                            + inFlight.name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', ' ')
                                    .replace("qos", "QoS") + " is in flight";
            String client = refused != null
                    ? "connect fails: `" + refused + "`"
                    : lost == null
                            ? "carries on"
                            : code >= 0
                                    ? String.format("DISCONNECT with 0x%02X, reconnects", code)
                                    : lost.equals(BREACH) ? "closes the connection, reconnects" : "reconnects";
            return "| " + name.replace("|", "\\|") + during + " | %s | " + client + " |\n";
        }

        @Override
        public String toString() {
            return "MQTT " + version + ": " + name;
        }
    }

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    @ParameterizedTest
    @MethodSource("rows")
    @Timeout(10)
    void the_client_reports_why_and_can_connect_again(Row row) throws Exception {
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> first(row, script))
                        .connection(script -> hello(script.accept(row.version), row.version))
                        .repeatLast()
                        .start();
                MqttClient client = client(row, broker)) {
            if (row.refused != null) {
                MqttConnectException failure = catchThrowableOfType(MqttConnectException.class, client::connect);
                assertThat(failure).isNotNull();
                assertThat(failure.failure().reason()).as(failure.getMessage()).isEqualTo(row.refused);
            }
            client.connect();
            if (row.refused == null) {
                begin(client, row.inFlight);
            }
            assertThat(messages.poll(5, TimeUnit.SECONDS)).isEqualTo("ok");
            if (row.lost != null) {
                assertThat(ends.poll(5, TimeUnit.SECONDS)).contains(row.lost);
            } else {
                assertThat(ends).isEmpty();
            }
            assertThat(held(client)).as("bytes that the client still holds").isLessThan(1 << 20);
        }
    }

    /** What waits for the broker and for the handlers. */
    private static long held(MqttClient client) {
        return Internals.held(client);
    }

    /** Regenerated with {@code -Dapi.update}, like the API lists. */
    @Test
    void the_page_in_docs_is_up_to_date() throws IOException {
        Path page = Path.of("../docs/hostile-broker.md");
        Map<String, Set<String>> versions = new LinkedHashMap<>();
        rows().forEach(row -> versions.computeIfAbsent(row.line(), absent -> new LinkedHashSet<>())
                .add(row.version.toString()));
        StringBuilder table = new StringBuilder(PAGE);
        versions.forEach((line, of) -> table.append(String.format(line, String.join(", ", of))));
        if (System.getProperty("api.update") != null) {
            Files.writeString(page, table);
        }
        assertThat(page).hasContent(table.toString());
    }

    private MqttClient client(Row row, ScriptedBroker broker) {
        MqttClientBuilder builder = MqttClient.builder()
                .server(broker.uri())
                .protocol(row.version)
                .clientId("prey")
                .maximumPacketSize(1000)
                .connackTimeout(Duration.ofMillis(300))
                .callTimeout(Duration.ofSeconds(5))
                .closeTimeout(Duration.ofMillis(100))
                .reconnect(Reconnect.fixed(Duration.ofMillis(5)))
                .handler("t", message -> messages.add(message.text()))
                .listener(new ClientListener() {
                    @Override
                    public void disconnected(MqttClient of, DisconnectCause cause, @Nullable Duration next) {
                        ends.add(cause.text());
                    }
                });
        if (row.version == ProtocolVersion.V5) {
            builder.receiveMaximum(2).topicAliasMaximum(4);
        }
        return builder.build();
    }

    private static void first(Row row, BrokerScript script) {
        ProtocolVersion version = row.version;
        if (row.refused != null) {
            row.strike.accept(script.expectConnect(version));
            return;
        }
        script.accept(version);
        switch (row.inFlight) {
            case NOTHING -> {}
            case QOS_1, QOS_2 -> script.expect(PacketType.PUBLISH, version);
            case SUBSCRIBE -> script.expect(PacketType.SUBSCRIBE, version);
            case UNSUBSCRIBE -> script.expect(PacketType.UNSUBSCRIBE, version);
        }
        row.strike.accept(script);
        if (row.lost == null) {
            hello(script, version);
        } else if (row.code >= 0) {
            script.expect(
                    PacketType.DISCONNECT,
                    version,
                    packet -> assertThat(((Disconnect) packet).reason().code()).isEqualTo(row.code));
        }
    }

    private static void hello(BrokerScript script, ProtocolVersion version) {
        script.send(version == ProtocolVersion.V5 ? "30 06 0001 74 00 6f6b" : "30 05 0001 74 6f6b");
    }

    private static void begin(MqttClient client, InFlight what) {
        switch (what) {
            case NOTHING -> {}
            case QOS_1 -> client.publishAsync("p", "x");
            case QOS_2 -> client.publishAsync(Message.of("p", "x").withQos(Qos.EXACTLY_ONCE));
            case SUBSCRIBE -> client.subscribeAsync("s", Qos.AT_LEAST_ONCE, message -> {});
            case UNSUBSCRIBE -> client.unsubscribeAsync("s");
        }
    }

    // ---- the table ----

    private static final class Table {
        final List<Row> rows = new ArrayList<>();

        void refused(List<ProtocolVersion> versions, String name, String hex, FailureReason reason) {
            refused(versions, name, script -> script.send(hex), reason);
        }

        void refused(List<ProtocolVersion> versions, String name, Consumer<BrokerScript> strike, FailureReason reason) {
            versions.forEach(v -> rows.add(new Row(v, name, InFlight.NOTHING, strike, reason, null, -1)));
        }

        void breach(List<ProtocolVersion> versions, String name, InFlight inFlight, String hex, int code) {
            versions.forEach(v -> rows.add(new Row(
                    v, name, inFlight, script -> script.send(hex), null, BREACH, v == ProtocolVersion.V5 ? code : -1)));
        }

        void breach(List<ProtocolVersion> versions, String name, String hex, int code) {
            breach(versions, name, InFlight.NOTHING, hex, code);
        }

        void lost(List<ProtocolVersion> versions, String name, Consumer<BrokerScript> strike, String text) {
            versions.forEach(v -> rows.add(new Row(v, name, InFlight.NOTHING, strike, null, text, -1)));
        }

        void lives(List<ProtocolVersion> versions, String name, InFlight inFlight, Consumer<BrokerScript> strike) {
            versions.forEach(v -> rows.add(new Row(v, name, inFlight, strike, null, null, -1)));
        }

        void lives(List<ProtocolVersion> versions, String name, String hex) {
            lives(versions, name, InFlight.NOTHING, script -> script.send(hex));
        }
    }

    static Stream<Row> rows() {
        Table table = new Table();
        beforeConnack(table);
        malformed(table);
        wrongMoment(table);
        acknowledgements(table);
        ends(table);
        nuisances(table);
        return table.rows.stream();
    }

    private static void beforeConnack(Table table) {
        FailureReason rubbish = FailureReason.NOT_MQTT;
        table.refused(ALL, "PINGRESP in place of CONNACK", "d0 00", rubbish);
        table.refused(ALL, "a message before CONNACK", "30 05 0001 74 6f6b", rubbish);
        table.refused(ALL, "SUBACK before CONNACK", "90 03 0001 00", rubbish);
        table.refused(ALL, "HTTP, the beginning of a PUBACK", "48 54 54 50 2f 31 2e 31", rubbish);
        table.refused(ALL, "packet type 0", "00 00", rubbish);
        table.refused(ALL, "an empty CONNACK", "20 00", rubbish);
        table.refused(OLDER, "a CONNACK with a byte too many", "20 03 00 00 00", rubbish);
        table.refused(ALL, "a remaining length of five bytes", "20 ff ff ff ff 01", rubbish);
        table.refused(ALL, "a CONNACK that claims 268,435,455 bytes", "20 ff ff ff 7f", rubbish);
        table.refused(FIVE, "a CONNACK whose properties are longer than itself", "20 03 00 00 7f", rubbish);
        table.refused(FIVE, "an unknown property in CONNACK", "20 05 00 00 02 7d 00", rubbish);
        table.refused(FIVE, "a property of CONNACK twice", "20 09 00 00 06 21 0005 21 0005", rubbish);
        table.refused(FIVE, "receive maximum 0", "20 06 00 00 03 21 0000", rubbish);
        table.refused(FIVE, "AUTH though no method was named", "f0 00", rubbish);
        table.refused(FIVE, "a session that was not requested", "20 03 01 00 00", rubbish);
        table.refused(List.of(ProtocolVersion.V3_1_1), "a session that was not requested", "20 02 01 00", rubbish);
        table.refused(
                FIVE,
                "a client identifier in place of the one that was sent",
                "20 0b 00 00 08 12 0005 6f74686572",
                rubbish);
        table.refused(ALL, "silence", script -> {}, FailureReason.TIMEOUT);
        table.refused(ALL, "half a CONNACK, then silence", "20", FailureReason.TIMEOUT);
        table.refused(ALL, "closes", BrokerScript::close, FailureReason.CLOSED);
        table.refused(ALL, "a reset", BrokerScript::reset, FailureReason.CLOSED);
        table.refused(ALL, "a half-close", BrokerScript::halfClose, FailureReason.CLOSED);
        table.refused(
                ALL,
                "a CONNACK that drips too slowly",
                script -> script.sendSlowly("20 02", Duration.ofMillis(60)),
                FailureReason.TIMEOUT);
        table.refused(OLDER, "rejects the connection", "20 02 00 05", FailureReason.BROKER_REJECTED);
        table.refused(FIVE, "rejects the connection", "20 03 00 87 00", FailureReason.BROKER_REJECTED);
    }

    private static void malformed(Table table) {
        table.breach(ALL, "packet type 0", "00 00", 0x81);
        table.breach(ALL, "a message of QoS 3", "36 07 0001 74 0001 6f6b", 0x81);
        table.breach(ALL, "a message shorter than its topic", "30 04 0009 74 6f", 0x81);
        table.breach(ALL, "a message without a body", "30 00", 0x81);
        table.breach(ALL, "QoS 1 with identifier 0", "32 07 0001 74 0000 6f6b", -1);
        table.breach(ALL, "a topic with a wildcard", "30 06 0002 742b 00 6b", -1);
        table.breach(ALL, "a topic that is not valid UTF-8", "30 06 0002 c328 00 6b", -1);
        table.breach(ALL, "a topic with U+0000", "30 06 0002 7400 00 6b", -1);
        table.breach(ALL, "a topic with half a surrogate", "30 07 0003 eda080 00 6b", -1);
        table.breach(ALL, "a PUBACK without an identifier", "40 00", 0x81);
        table.breach(ALL, "a PUBACK for identifier 0", "40 02 0000", -1);
        table.breach(ALL, "a packet over the limit, from its header alone", "30 e9 07", 0x95);
        table.breach(ALL, "a packet that claims 268,435,455 bytes", "30 ff ff ff 7f", 0x95);
        table.breach(ALL, "a remaining length of five bytes", "30 ff ff ff ff 01", 0x81);
        table.breach(FIVE, "a remaining length that is longer than necessary", "d0 80 00", 0x81);
        table.breach(FIVE, "an unknown property", "30 08 0001 74 02 7d00 6f6b", 0x81);
        table.breach(FIVE, "properties longer than the packet", "30 06 0001 74 7f 6f6b", 0x81);
        table.breach(FIVE, "an alias above the maximum", "30 09 0001 74 03 230005 6f6b", 0x94);
        table.breach(FIVE, "alias 0", "30 09 0001 74 03 230000 6f6b", -1);
        table.breach(FIVE, "an alias that was never set", "30 08 0000 03 230001 6f6b", 0x82);
        table.breach(FIVE, "no topic and no alias", "30 05 0000 00 6f6b", -1);
        table.breach(List.of(ProtocolVersion.V3_1_1), "PUBREL with wrong flags", "60 02 0001", -1);
        table.breach(FIVE, "PUBREL with wrong flags", "60 02 0001", 0x81);
        table.breach(FIVE, "an unknown reason code", "40 03 0001 01", -1);
    }

    private static void wrongMoment(Table table) {
        table.breach(OLDER, "a second CONNACK", "20 02 00 00", -1);
        table.breach(FIVE, "a second CONNACK", "20 03 00 00 00", 0x82);
        table.breach(ALL, "PINGREQ, which only clients send", "c0 00", 0x82);
        table.breach(OLDER, "SUBSCRIBE, which only clients send", "82 06 0001 0001 74 00", -1);
        table.breach(FIVE, "SUBSCRIBE, which only clients send", "82 07 0001 00 0001 74 00", 0x82);
        table.breach(OLDER, "UNSUBSCRIBE, which only clients send", "a2 05 0001 0001 74", -1);
        table.breach(FIVE, "AUTH though no method was named", "f0 00", 0x82);
        table.breach(OLDER, "AUTH, which exists in MQTT 5 only", "f0 00", -1);
        table.breach(
                FIVE,
                "more than the receive maximum",
                "32 06 0001 75 0001 00 32 06 0001 75 0002 00 32 06 0001 75 0003 00",
                0x93);
    }

    private static void acknowledgements(Table table) {
        for (String never : List.of("40 02 0007", "50 02 0007", "62 02 0007", "70 02 0007")) {
            table.lives(ALL, "acknowledges a packet that was never sent: " + never, never);
        }
        table.lives(OLDER, "SUBACK for a packet that was never sent", "90 03 0007 00");
        table.lives(FIVE, "SUBACK for a packet that was never sent", "90 04 0007 00 00");
        table.lives(OLDER, "UNSUBACK for a packet that was never sent", "b0 02 0007");
        table.lives(ALL, "PUBACK twice", InFlight.QOS_1, script -> script.send("40 02 0001 40 02 0001"));
        table.lives(ALL, "PUBREC twice", InFlight.QOS_2, script -> script.send("50 02 0001 50 02 0001 70 02 0001"));
        table.breach(ALL, "PUBREC for QoS 1", InFlight.QOS_1, "50 02 0001", 0x82);
        table.breach(ALL, "PUBACK for QoS 2", InFlight.QOS_2, "40 02 0001", 0x82);
        table.breach(ALL, "PUBCOMP before PUBREC", InFlight.QOS_2, "70 02 0001", 0x82);
        table.breach(ALL, "PUBACK for SUBSCRIBE", InFlight.SUBSCRIBE, "40 02 0001", 0x82);
        table.breach(OLDER, "SUBACK for a message", InFlight.QOS_1, "90 03 0001 00", -1);
        table.breach(FIVE, "SUBACK for a message", InFlight.QOS_1, "90 04 0001 00 00", 0x82);
        table.breach(OLDER, "UNSUBACK for SUBSCRIBE", InFlight.SUBSCRIBE, "b0 02 0001", -1);
        table.breach(OLDER, "SUBACK for UNSUBSCRIBE", InFlight.UNSUBSCRIBE, "90 03 0001 00", -1);
        table.breach(OLDER, "SUBACK with too many codes", InFlight.SUBSCRIBE, "90 04 0001 00 00", -1);
        table.breach(FIVE, "SUBACK with too many codes", InFlight.SUBSCRIBE, "90 05 0001 00 00 00", 0x82);
        table.breach(ALL, "SUBACK without codes", InFlight.SUBSCRIBE, "90 02 0001", -1);
        table.breach(ALL, "SUBACK with an invalid code", InFlight.SUBSCRIBE, "90 04 0001 00 07", -1);
    }

    private static void ends(Table table) {
        table.lost(ALL, "closes", BrokerScript::close, "the broker closed the connection");
        table.lost(ALL, "half-closes", BrokerScript::halfClose, "the broker closed the connection");
        table.lost(ALL, "resets", BrokerScript::reset, "the connection broke");
        table.lost(
                ALL,
                "closes inside a packet",
                script -> script.send("30 40 0001").close(),
                "the broker closed");
        table.lost(FIVE, "disconnects", script -> script.send("e0 01 8b"), "the broker disconnected");
        table.lost(OLDER, "DISCONNECT, which only clients of 3.1 and 3.1.1 send", script -> script.send("e0 00"), "");
    }

    private static void nuisances(Table table) {
        table.lives(ALL, "unsolicited PINGRESP", "d0 00 d0 00 d0 00");
        table.lives(
                ALL,
                "one byte at a time",
                InFlight.NOTHING,
                script -> script.sendSlowly("d0 00 40 02 0007 d0 00", Duration.ofMillis(2)));
        table.lives(
                ALL,
                "a flood of PINGRESP",
                InFlight.NOTHING,
                script -> script.flood(new byte[] {(byte) 0xd0, 0}, 200_000));
        table.lives(
                ALL,
                "a flood of PUBACK for unknown packets",
                InFlight.NOTHING,
                script -> script.flood(new byte[] {0x40, 2, 0, 7}, 100_000));
        table.lives(
                OLDER,
                "a flood of QoS 1 without a handler, with one identifier",
                InFlight.NOTHING,
                script -> script.flood(new byte[] {0x32, 5, 0, 1, 'u', 0, 1}, 70_000));
        table.lives(
                ALL,
                "a flood of messages without a handler",
                InFlight.NOTHING,
                script -> script.flood(new byte[] {0x30, 4, 0, 1, 'u', 0}, 100_000));
    }
}
