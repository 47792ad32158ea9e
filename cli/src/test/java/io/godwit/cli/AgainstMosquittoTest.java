package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What has its own tests with Godwit's broker, once with Mosquitto, its clients and a password: encoders and decoders, named
 * connections, payloads and identities of a load test, and cut connections.
 */
@Timeout(120)
class AgainstMosquittoTest {
    @TempDir
    Path folder;

    private Mosquitto broker;

    @BeforeEach
    void start() throws IOException {
        Path passwords = Files.createFile(folder.resolve("passwords"));
        for (String user : new String[] {"me", "kitchen", "hall"}) {
            Command.of("mosquitto_passwd", "-b", passwords.toString(), user, "secret of " + user)
                    .ends(0);
        }
        passwords.toFile().setReadable(true, false);
        broker = Mosquitto.in(folder)
                .settings("allow_anonymous false", "password_file " + passwords)
                .listener()
                .start();
        Path config = Files.createDirectories(folder.resolve("godwit"));
        Files.writeString(config.resolve("connections.toml"), """
                [plant]
                address = "mqtt://127.0.0.1:%d"
                username = "me"
                password-command = "echo secret of me"
                decode = ["e/cbor=cbor", "e/msgpack=msgpack", "e/sparkplug=sparkplug", "e/protobuf=protobuf:plant.Reading",
                          "e/avro=avro:%s", "e/single=avro:%s"]
                proto-set = "%s"
                """.formatted(
                        broker.port(),
                        Files.writeString(
                                folder.resolve("reading.avsc"),
                                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"t\",\"type\":\"int\"}]}"),
                        folder.resolve("reading.avsc"),
                        Files.write(folder.resolve("plant.desc"), DecodeTest.descriptorSet())));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Command godwit(String... arguments) {
        return Command.godwit(Map.of("XDG_CONFIG_HOME", folder.toString()), arguments);
    }

    @Test
    void encoded_payloads_arrive_byte_for_byte_and_are_decoded_again() {
        String avro = folder.resolve("reading.avsc").toString();
        Command shell = godwit("shell").input("""
                connect @plant
                pub -r -t e/cbor -m '{"t":21}' --encode cbor
                pub -r -t e/msgpack -m '{"t":21}' --encode msgpack
                pub -r -t e/sparkplug -m '{"seq":5}' --encode sparkplug
                pub -r -t e/protobuf -m '{"celsius":21}' --encode protobuf:plant.Reading --proto-set %s
                pub -r -t e/avro -m '{"t":21}' --encode avro:%s
                """.formatted(folder.resolve("plant.desc"), avro));
        shell.ends(0);
        godwit("@plant", "pub", "-r", "-t", "e/single", "-m", "{\"t\":21}", "--encode", "avro-single:" + avro)
                .ends(0);

        Command bytes = Command.run(
                "mosquitto_sub -p " + broker.port() + " -u me -P 'secret of me' -t e/+ -C 6 -W 20 -F '%t %x'");
        Command decoded = godwit("@plant", "sub", "-t", "e/+", "-C", "6", "-v", "-W", "20");

        assertThat(bytes.ends(0).output().lines())
                .contains("e/cbor a1617415", "e/msgpack 81a17415", "e/sparkplug 1805", "e/protobuf 0815", "e/avro 2a")
                .anyMatch(line -> line.matches("e/single c301[0-9a-f]{16}2a"));
        assertThat(decoded.ends(0).output().lines())
                .contains(
                        "e/cbor {\"t\":21}",
                        "e/msgpack {\"t\":21}",
                        "e/protobuf {\"celsius\":21}",
                        "e/avro {\"t\":21}",
                        "e/single {\"t\":21}")
                .anyMatch(line -> line.startsWith("e/sparkplug {") && line.contains("\"seq\":5"));
    }

    @Test
    void a_load_test_has_payloads_identities_and_cut_connections() throws IOException {
        Path devices = Files.writeString(
                folder.resolve("devices.csv"),
                "id,user,password,room\nkitchen,kitchen,secret of kitchen,1st\nhall,hall,secret of hall,2nd\n");
        Command seen = Command.run("mosquitto_sub -p " + broker.port() + " -u me -P 'secret of me' -t load -C 1 -W 30");

        Command bench = godwit(
                "bench",
                "-h",
                "mqtt://127.0.0.1:" + broker.port(),
                "-V",
                "5",
                "-q",
                "1",
                "-t",
                "load",
                "--rate",
                "50",
                "--duration",
                "2",
                "-m",
                "{{room}} {{client}} {{random 5 5}}",
                "--identities",
                devices.toString(),
                "--churn",
                "2",
                "--json");

        bench.ends(0);
        assertThat(seen.ends(0).output()).isEqualTo("2nd hall 5\n");
        assertThat(bench.output()).contains("\"lost\":0").containsPattern("\"cut\":[1-9]");
        assertThat(broker.log()).contains("u'kitchen'").contains("u'hall'");
    }
}
