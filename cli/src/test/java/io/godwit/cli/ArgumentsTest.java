package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.testkit.TestBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is typed, set in the environment or written in a file arrives as it is, or is rejected. */
class ArgumentsTest {
    @TempDir
    Path folder;

    private TestBroker broker;
    private String port;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        port = String.valueOf(broker.port());
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    /** Runs a line of sh in which {@code $G} is the command; the line may hold bytes as octal escapes of printf. */
    private Command shell(Map<String, String> environment, String line) {
        String godwit =
                Command.java(List.of()).stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        List<String> words =
                new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin", "XDG_CONFIG_HOME=/nonexistent"));
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(List.of("bash", "-c", "G() { " + godwit + " \"$@\"; }; " + line));
        return Command.of(words.toArray(String[]::new));
    }

    private byte[] payload(String topic) {
        return broker.messages().stream()
                .filter(message -> message.topic().equals(topic))
                .findFirst()
                .orElseThrow()
                .message()
                .payload();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "C.UTF-8"})
    void topics_and_payloads_do_not_depend_on_the_locale(String locale) {
        Map<String, String> environment = locale.isEmpty() ? Map.of() : Map.of("LC_ALL", locale);

        shell(environment, "G pub -p " + port + " -t \"$(printf 'k\\303\\274che')\" -m \"$(printf '23\\302\\260C')\"")
                .ends(0);

        assertThat(payload("küche")).isEqualTo("23°C".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_payload_need_not_be_UTF_8() {
        shell(Map.of("LC_ALL", "C.UTF-8"), "G pub -p " + port + " -t b -m \"$(printf 'a\\377b')\"")
                .ends(0);

        assertThat(payload("b")).isEqualTo(new byte[] {'a', (byte) 0xFF, 'b'});
    }

    @Test
    void a_topic_must_be_UTF_8() {
        Command pub = shell(Map.of(), "G pub -p " + port + " -t \"$(printf 'to\\377p')\" -m x");

        assertThat(pub.ends(ExitCodes.USAGE).errors()).contains("--topic is not valid UTF-8");
        assertThat(broker.messages()).isEmpty();
    }

    @Test
    void a_password_from_the_environment_keeps_its_bytes() {
        try (TestBroker strict = TestBroker.builder().credentials("me", "pä").start()) {
            shell(
                            Map.of(),
                            "PW=\"$(printf 'p\\303\\244')\"; export PW; G pub -p " + strict.port()
                                    + " -u me --password-env PW -t a -m x")
                    .ends(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"@pw", "@@x", "--quiet", "-d"})
    void a_payload_is_what_was_typed(String text) throws IOException {
        Files.writeString(folder.resolve("pw"), "secret");

        shell(Map.of(), "cd " + folder + "; G pub -p " + port + " -t t -m " + text)
                .ends(0);

        assertThat(new String(payload("t"), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void a_payload_that_looks_like_an_option_silences_nothing() {
        Command pub =
                Command.godwit("pub", "-p", "1", "-t", "a", "-m", "--quiet").ends(ExitCodes.UNREACHABLE);

        assertThat(pub.errors()).contains("nothing listens on port 1");
    }

    @Test
    void the_shell_keeps_what_was_typed() {
        Command.godwit("shell")
                .input("connect a -h 127.0.0.1 -p " + port + "\npublish t @@x\n")
                .ends(0);

        assertThat(new String(payload("t"), StandardCharsets.UTF_8)).isEqualTo("@@x");
    }

    private Command configured(String file, String... arguments) throws IOException {
        Path config = Files.createDirectories(folder.resolve("config/godwit"));
        Files.writeString(config.resolve("all"), file);
        return Command.godwit(Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString()), arguments);
    }

    @Test
    void a_typed_port_keeps_the_host_of_the_file() throws IOException {
        Command pub = configured("-h nohost.invalid\n-u me\n-P secret\n", "pub", "-p", port, "-t", "t", "-m", "x");

        assertThat(pub.ends(ExitCodes.UNREACHABLE).errors()).contains("nohost.invalid");
    }

    @Test
    void a_typed_port_keeps_the_scheme_of_the_file() throws IOException {
        Command pub = configured("-h mqtts://127.0.0.1\n-u me\n-P secret\n", "pub", "-p", port, "-t", "t", "-m", "x");

        assertThat(pub.ends(ExitCodes.UNREACHABLE).errors()).contains("127.0.0.1:" + port);
        assertThat(broker.connects()).isEmpty();
    }

    @Test
    void a_typed_password_replaces_the_password_file_of_the_file() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong"), "wrong\n");
        try (TestBroker strict = TestBroker.builder().credentials("me", "right").start()) {
            configured(
                            "-u me\n--password-file " + wrong + "\n",
                            "pub",
                            "-h",
                            strict.uri(),
                            "-t",
                            "t",
                            "-m",
                            "x",
                            "-P",
                            "right")
                    .ends(0);
        }
    }

    @Test
    void user_properties_of_the_command_line_are_sent_once_beside_a_file() throws IOException {
        configured(
                        "-h 127.0.0.1\n",
                        "pub",
                        "-p",
                        port,
                        "-t",
                        "t",
                        "-m",
                        "x",
                        "-D",
                        "publish",
                        "user-property",
                        "k",
                        "v")
                .ends(0);

        assertThat(broker.messages().get(0).message().userProperties()).hasSize(1);
    }

    @Test
    void the_home_folder_is_that_of_the_environment() throws IOException {
        Path config = Files.createDirectories(folder.resolve(".config/godwit"));
        Files.writeString(config.resolve("all"), "-h 127.0.0.1\n-p " + port + "\n");

        Command.godwit(Map.of("HOME", folder.toString(), "XDG_CONFIG_HOME", ""), "pub", "-t", "home", "-m", "x")
                .ends(0);

        assertThat(payload("home")).hasSize(1);
    }

    @Test
    void a_file_of_options_replaces_the_usual_ones() throws IOException {
        Path file = Files.writeString(folder.resolve("options"), "# a comment\n-p " + port + "\n-m from-the-file\n");

        configured("-p 1\n-q 7\n", "pub", "-h", "127.0.0.1", "-t", "t", "-o", file.toString())
                .ends(0);
        configured("-p 1\n", "pub", "-h", "127.0.0.1", "-t", "u", "-o" + file, "-m", "typed")
                .ends(0);

        assertThat(payload("t")).asString(StandardCharsets.UTF_8).isEqualTo("from-the-file");
        assertThat(payload("u")).asString(StandardCharsets.UTF_8).isEqualTo("typed");
        assertThat(configured("", "pub", "-t", "t", "-m", "x", "-o", "/nonexistent")
                        .ends(ExitCodes.USAGE)
                        .errors())
                .contains("-o: there is no file /nonexistent");
    }

    @Test
    void TLS_of_a_file_can_be_taken_back() throws IOException {
        configured(
                        "--cafile /nonexistent\n--tls-version tlsv1.3\n",
                        "pub",
                        "-p",
                        port,
                        "-t",
                        "t",
                        "-m",
                        "x",
                        "--no-tls")
                .ends(0);

        assertThat(payload("t")).hasSize(1);
    }

    static Stream<String> impossible() {
        return Stream.of(
                "pub -t t -m x --repeat 0",
                "pub -t t -m x --repeat -1",
                "pub -t t -m x -i X -I Y",
                "pub -t t -m x -k -1",
                "pub -t t -m x -k 65536",
                "pub -t t -m x -p 0",
                "pub -t t -m x -p 65536",
                "pub -t t -m x -M 0",
                "pub -t t -m x --timeout 0",
                "pub -t t -m x --ciphers NO_SUCH_SUITE",
                "pub -h mqtt://127.0.0.1 -t t -m x --cafile /nope",
                "pub -h ws://127.0.0.1 -t t -m x --insecure",
                "pub -L mqtt://me:secret@127.0.0.1/t -m x --cafile /nope",
                "pub --unix /tmp/x -t t -m x --insecure",
                "sub -t t -W 1f",
                "sub -t t -W 1dh",
                "sub -t t -W 0x1p3",
                "sub -t t -W 1 -h mqtt://me@127.0.0.1 -h 127.0.0.1 -P x",
                "bench --report /no/such/folder/x.html --duration 1",
                "sub -t t -C -1 -W 1",
                "sub -t t -C 0 -W 1",
                "sub -t t -W 0",
                "sub -t t --random-filter 0 -W 1",
                "sub -t t --random-filter -1 -W 1",
                "sub -t t --random-filter 101 -W 1",
                "sub -t t -R --retained-only -W 1",
                "sub -t t --retain-handling 3 -W 1",
                "sub -t t --exec true --watch -W 1",
                "sub -t t --out x --message-rate -W 1",
                "sub -t t -F %.2:t -W 1",
                "pub -t t -m x --no-tls --insecure",
                "pub -t t -m x --no-tls -h mqtts://127.0.0.1",
                "pub -t t -m x --ws -h mqtt://127.0.0.1",
                "pub -t t -m x --ws --unix /tmp/x",
                "play /dev/null --speed 0",
                "bench --rate -5 --duration 1",
                "bench --total-rate -5 --duration 1");
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void impossible_values_are_rejected_with_a_sentence(String line) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayOutputStream(), new PrintStream(err, true, StandardCharsets.UTF_8), false, false, false);

        int code = Main.run(terminal, List.of(line.split(" ")));

        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).isNotBlank();
    }
}
