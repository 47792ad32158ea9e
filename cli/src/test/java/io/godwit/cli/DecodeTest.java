package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.godwit.checks.Documents;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --decode}: what payloads mean, by rules for their topics. */
@Timeout(120)
class DecodeTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** {"t": 21} */
    private static final byte[] CBOR = HexFormat.of().parseHex("a1617415");
    /** {"t": 21} */
    private static final byte[] MSGPACK = HexFormat.of().parseHex("81a17415");

    @TempDir
    Path folder;

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void stop() {
        broker.close();
    }

    private Command sub(int messages, String... more) {
        List<String> all = new ArrayList<>(
                List.of("sub", "-L", broker.uri(), "-i", "sub", "-t", "#", "-v", "-C", String.valueOf(messages)));
        all.addAll(List.of(more));
        Command sub = Command.godwit(all.toArray(String[]::new));
        broker.awaitSubscribed("sub", "#", SOON);
        return sub;
    }

    @Test
    void the_first_rule_that_matches_decodes_a_payload_into_one_line() {
        Command sub = sub(4, "--decode", "a/c=cbor", "--decode", "a/#=msgpack", "--decode", "h=hex");
        broker.publish(Message.of("a/c", CBOR));
        broker.publish(Message.of("a/m", MSGPACK));
        broker.publish(Message.of("h", CBOR));
        broker.publish(Message.of("other", "as it is"));

        assertThat(sub.ends(0).output()).isEqualTo("a/c {\"t\":21}\na/m {\"t\":21}\nh a1617415\nother as it is\n");
    }

    @Test
    void formats_have_the_decoded_payload_where_they_are_about_its_meaning() {
        Command sub = sub(1, "--decode", "#=cbor", "-F", "%p %x %l %J");
        broker.publish(Message.of("t", CBOR));

        assertThat(sub.ends(0).output()).startsWith("{\"t\":21} a1617415 4 {").contains("\"payload\":{\"t\":21}}");
    }

    @Test
    void json_lines_have_it_beside_the_payload_so_that_nothing_is_lost() {
        Command sub = sub(1, "--decode", "#=cbor", "-F", "%j");
        broker.publish(Message.of("t", CBOR));

        assertThat(sub.ends(0).output()).contains("\"payloadBase64\":\"oWF0FQ==\",\"decoded\":{\"t\":21}}");
    }

    @Test
    void a_payload_that_cannot_be_decoded_is_printed_as_it_is_and_reported_once() {
        Command sub = sub(2, "--decode", "#=cbor");
        broker.publish(Message.of("t", "plain"));
        broker.publish(Message.of("t", "again"));

        assertThat(sub.ends(0).output()).isEqualTo("t plain\nt again\n");
        assertThat(sub.errors()).containsOnlyOnce("the payload on 't' is not cbor: ");
    }

    @Test
    void protobuf_is_decoded_by_a_descriptor_set() throws IOException {
        Path descriptors = folder.resolve("plant.desc");
        Files.write(descriptors, descriptorSet());
        Command sub = sub(1, "--decode", "#=protobuf:plant.Reading", "--proto-set", descriptors.toString());
        broker.publish(Message.of("t", HexFormat.of().parseHex("0815")));

        assertThat(sub.ends(0).output()).isEqualTo("t {\"celsius\":21}\n");
    }

    static byte[] descriptorSet() {
        FileDescriptorSet set = FileDescriptorSet.newBuilder()
                .addFile(FileDescriptorProto.newBuilder()
                        .setName("plant.proto")
                        .setPackage("plant")
                        .addMessageType(DescriptorProto.newBuilder()
                                .setName("Reading")
                                .addField(FieldDescriptorProto.newBuilder()
                                        .setName("celsius")
                                        .setNumber(1)
                                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                        .setType(FieldDescriptorProto.Type.TYPE_INT32))))
                .build();
        return set.toByteArray();
    }

    @Test
    void pub_encodes_json() {
        Command.godwit("pub", "-L", broker.uri(), "-t", "c", "-m", "{\"t\":21}", "--encode", "cbor")
                .ends(0);
        Command.godwit("pub", "-L", broker.uri(), "-t", "m", "-l", "--encode", "msgpack")
                .input("{\"t\":21}\n[1]\n")
                .ends(0);

        assertThat(broker.awaitMessages(3, SOON))
                .extracting(seen -> HexFormat.of().formatHex(seen.message().payload()))
                .containsExactly("a1617415", "81a17415", "9101");
        assertThat(Command.godwit("pub", "-t", "t", "-m", "x", "--encode", "cbor")
                        .ends(2)
                        .errors())
                .contains("the payload is not JSON");
        assertThat(Command.godwit("pub", "-t", "t", "-m", "1", "--encode", "xml")
                        .ends(2)
                        .errors())
                .contains("unknown encoder 'xml': use cbor, msgpack,");
    }

    @Test
    void pub_encodes_sparkplug_and_protobuf_and_the_shell_does_too() throws IOException {
        Path descriptors = Files.write(folder.resolve("plant.desc"), descriptorSet());
        Command.godwit(
                        "pub",
                        "-L",
                        broker.uri(),
                        "-t",
                        "p",
                        "-m",
                        "{\"celsius\":21}",
                        "--encode",
                        "protobuf:plant.Reading",
                        "--proto-set",
                        descriptors.toString())
                .ends(0);
        Command.godwit("shell")
                .input("connect a -h " + broker.uri() + "\npub -t s -m '{\"seq\":5}' --encode sparkplug\n")
                .ends(0);

        assertThat(broker.awaitMessages(2, SOON))
                .extracting(seen -> HexFormat.of().formatHex(seen.message().payload()))
                .containsExactly("0815", "1805");
    }

    @Test
    void avro_is_decoded_and_encoded_by_a_schema_file_as_the_guide_shows() throws IOException {
        String guide = "docs/cli.md";
        Path schema = Files.writeString(
                folder.resolve("reading.avsc"),
                Documents.block(guide, "Avro", "json").text());
        String[] lines = Documents.block(guide, "Avro", "sh")
                .text()
                .replace("reading.avsc", schema.toString())
                .split("\n");

        Command sub = Command.run(lines[0] + " -h " + broker.uri() + " -i sub -C 2");
        broker.awaitSubscribed("sub", "plant/+", SOON);
        Command.run(lines[1] + " -h " + broker.uri()).ends(0);
        Command.run(lines[1].replace("avro:", "avro-single:") + " -h " + broker.uri())
                .ends(0);

        String shown = Documents.block(guide, "Avro", "text").text();
        assertThat(sub.ends(0).output()).isEqualTo(shown + shown);
        assertThat(broker.awaitMessages(2, SOON))
                .extracting(seen -> HexFormat.of().formatHex(seen.message().payload()))
                .satisfiesExactly(
                        plain -> assertThat(plain).startsWith("0000000000803540"),
                        single -> assertThat(single).startsWith("c301"));
    }

    @Test
    void mistakes_with_avro_are_usage_errors() throws IOException {
        Path schema = Files.writeString(folder.resolve("a.avsc"), "{\"type\": \"flot\"}");
        Path number = Files.writeString(folder.resolve("n.avsc"), "\"int\"");

        assertThat(Command.godwit("sub", "-t", "t", "--decode", "t=avro:" + schema)
                        .ends(2)
                        .errors())
                .contains("'" + schema + "' is not an Avro schema: the schema has the unknown type 'flot'");
        assertThat(Command.godwit("sub", "-t", "t", "--decode", "t=avro:/nonexistent.avsc")
                        .ends(2)
                        .errors())
                .contains("cannot read the schema /nonexistent.avsc");
        assertThat(Command.godwit("pub", "-t", "t", "-m", "\"a\"", "--encode", "avro:" + number)
                        .ends(2)
                        .errors())
                .contains("the payload must be a whole number of 32 bits, is \"a\"");
        assertThat(Command.godwit("pub", "-t", "t", "-m", "1", "--encode", "avro")
                        .ends(2)
                        .errors())
                .contains("the encoder avro needs a type: use avro:FILE.avsc");
    }

    @Test
    void mistakes_are_usage_errors() {
        assertThat(Command.godwit("sub", "-t", "t", "--decode", "t=xml").ends(2).errors())
                .contains("unknown decoder 'xml'");
        assertThat(Command.godwit("sub", "-t", "t", "--decode", "t=protobuf:a.B")
                        .ends(2)
                        .errors())
                .contains("unknown message type 'a.B': there is no descriptor set");
        assertThat(Command.godwit("sub", "-t", "t", "--decode", "t=json", "--proto-set", "/nonexistent")
                        .ends(2)
                        .errors())
                .contains("cannot read the descriptor set /nonexistent");
    }

    @Test
    void a_recording_has_it_and_can_still_be_played() throws Exception {
        Path recording = folder.resolve("day.jsonl");
        Command record = Command.godwit(
                "record",
                recording.toString(),
                "-L",
                broker.uri(),
                "-i",
                "rec",
                "-t",
                "r",
                "-C",
                "1",
                "--decode",
                "r=cbor");
        broker.awaitSubscribed("rec", "r", SOON);
        broker.publish(Message.of("r", CBOR));
        record.ends(0);

        assertThat(Files.readString(recording)).contains("\"payloadBase64\":\"oWF0FQ==\",\"decoded\":{\"t\":21}}");
        Command.godwit("play", recording.toString(), "-L", broker.uri(), "--topic-from", "r", "--topic-to", "played")
                .ends(0);
        assertThat(broker.awaitMessage(message -> message.topic().equals("played"), SOON)
                        .message()
                        .payload())
                .isEqualTo(CBOR);
    }

    @Test
    void the_shell_decodes_by_the_same_rules() {
        Command shell = Command.godwit("shell", "--decode", "t=cbor", "--json")
                .input("connect a -h " + broker.uri() + "\nsub t\npub t 0\nwait -W 20\n");

        assertThat(shell.ends(0).output()).contains("\"payload\":\"0\",\"decoded\":-17");
    }

    @Test
    void a_named_connection_has_the_rules() throws IOException {
        Path config = Files.createDirectories(folder.resolve("godwit"));
        Files.writeString(
                config.resolve("connections.toml"),
                "[plant]\naddress = \"" + broker.uri() + "\"\ndecode = [\"t=cbor\", \"u=msgpack\"]\n");
        Map<String, String> environment = Map.of("XDG_CONFIG_HOME", folder.toString());
        Command sub = Command.godwit(environment, "@plant", "sub", "-i", "sub", "-t", "#", "-C", "2");
        broker.awaitSubscribed("sub", "#", SOON);
        broker.publish(Message.of("t", CBOR));
        broker.publish(Message.of("u", MSGPACK));

        assertThat(sub.ends(0).output()).isEqualTo("{\"t\":21}\n{\"t\":21}\n");
        Command.godwit(environment, "@plant", "pub", "-t", "t", "-m", "a command without the option")
                .ends(0);
    }
}
