package io.godwit.cli;

import static io.godwit.cli.HostileBroker.C1;
import static io.godwit.cli.HostileBroker.EVIL;
import static io.godwit.cli.HostileBroker.FORGED;
import static io.godwit.cli.HostileBroker.RED;
import static io.godwit.cli.HostileBroker.TITLE;
import static io.godwit.cli.HostileBroker.TURNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Programs;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.testkit.TestBroker;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A {@link HostileBroker}, hostile clients and files, and every command that shows what they say, on a terminal. */
@Timeout(180)
class HostileTextTest {
    /** How the first of it looks when it is escaped. */
    private static final String ESCAPED = "\\u001b]0;TITLE\\u0007\\u001b[31mRED\\u009b31m";

    private static final Pattern EACH = Pattern.compile("");
    private static final Pattern NONE = Pattern.compile("^$");

    @TempDir
    Path folder;

    private final HostileBroker broker = new HostileBroker();

    @BeforeEach
    void start() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed: there is no terminal");
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    /**
     * Runs the commands at once, since each waits for a while, and looks at all that their terminals got.
     *
     * @param shownAsText the command lines that show what the broker says, escaped; the others show it in hexadecimal or not
     */
    private void show(Pattern shownAsText, String... lines) {
        List<Command> commands = new ArrayList<>();
        for (String line : lines) {
            commands.add(Command.onTerminal("godwit " + line.replace("PORT", broker.port())));
        }
        for (int i = 0; i < lines.length; i++) {
            commands.get(i).exitCode();
            String screen = commands.get(i).output();
            if (shownAsText.matcher(lines[i]).find()) {
                escaped(lines[i], screen);
            } else {
                harmless(lines[i], screen);
            }
        }
    }

    private static void harmless(String line, String screen) {
        assertThat(screen)
                .as(line)
                .isNotEmpty()
                .doesNotContain("\u001b]0", RED, C1, FORGED, "\r\ngodwit: all is well", TURNED);
    }

    private static void escaped(String line, String screen) {
        harmless(line, screen);
        assertThat(screen.toLowerCase(java.util.Locale.ROOT))
                .as(line)
                .contains(ESCAPED.toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void topics_and_payloads_of_messages() {
        show(
                Pattern.compile("-v|--payload|-F"),
                "sub -p PORT -t # -v -C 2",
                "sub -p PORT -t # -C 2",
                "sub -p PORT -t # -C 2 --payload text",
                "sub -p PORT -t # -C 2 -F '%t %p'",
                "sub -p PORT -t # -C 2 -F %j",
                "sub -p PORT -t # -C 2 -d");
        show(
                Pattern.compile("retained|trace|record"),
                "retained # -p PORT",
                "retained # -p PORT --json",
                "trace -p PORT -t # -W 2",
                "trace -p PORT -t # -W 2 --json",
                "record - -p PORT -t # -C 2",
                "request -V 5 -p PORT -t ask -m x -e answers -v");
    }

    @Test
    void reason_strings_and_what_the_broker_tells_of_itself() {
        broker.refuses = true;
        show(
                EACH,
                "sub -V 5 -p PORT -t #",
                "pub -V 5 -p PORT -t t -m x",
                "doctor -V 5 -p PORT",
                "retained -V 5 -p PORT");
        broker.refuses = false;
        broker.disconnects = true;
        show(
                NONE,
                "sub -V 5 -p PORT -t #",
                "pub -V 5 -p PORT -t t -m x -q 1",
                "bench -V 5 -p PORT --rate 10 --duration 1");
    }

    @Test
    void status_lines_of_a_web_server() {
        broker.speaksHttp = true;

        show(
                NONE,
                "sub -h ws://127.0.0.1:PORT -t #",
                "doctor ws://127.0.0.1:PORT",
                "pub -h ws://127.0.0.1:PORT -t t -m x");
    }

    @Test
    void subjects_of_certificates() throws Exception {
        byte[] name = (TITLE + RED + C1).getBytes(StandardCharsets.UTF_8);
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=#0c" + HexFormat.of().toHexDigits((byte) name.length)
                        + HexFormat.of().formatHex(name))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        try (TestBroker tls = TestBroker.builder().tls(chain, key).start()) {
            for (String line : List.of("doctor", "sub -t #")) {
                Command command = Command.onTerminal(
                        "godwit " + line + (line.equals("doctor") ? " " : " -h ") + "mqtts://127.0.0.1:" + tls.port());
                command.exitCode();

                assertThat(command.output()).as(line).doesNotContain("\u001b]0", RED, C1);
            }
        }
    }

    @Test
    void messages_in_the_shell() throws IOException {
        Path lines = Files.writeString(
                folder.resolve("lines"),
                "connect a -h 127.0.0.1 -p " + broker.port() + "\nsub #\nwait -C 2 -W 10\nexit\n");
        String godwit = String.join(" ", quoted(Command.java(List.of("shell"))));

        Command shell = Command.of("script", "-qec", godwit + " < '" + lines + "'", "/dev/null");

        shell.exitCode();
        escaped("shell", shell.output());
    }

    @Test
    void what_a_script_prints_and_names_of_connections() throws IOException {
        Path script = Files.writeString(
                folder.resolve("init.lua"),
                "print('\\27]0;TITLE\\7\\27[31mRED\\194\\155' .. '31m', 'a tab')\n"
                        + "uart.write(0, '\\27]0;TITLE\\7\\27[31mRED\\194\\155' .. '31m')\n");
        Command run = Command.onTerminal("godwit run " + script + " --virtual --for 1s");
        run.exitCode();

        escaped("run", run.output());
        assertThat(run.output()).contains("\ta tab").containsSubsequence(ESCAPED, ESCAPED);

        Path config = Files.createDirectories(folder.resolve("godwit"));
        Files.writeString(
                config.resolve("connections.toml"),
                "[\"\\u001b]0;TITLE\\u0007\\u001b[31mRED\\u009b31m\"]\naddress = \"localhost\"\n");
        Command connections = Command.of(
                "script",
                "-qec",
                "XDG_CONFIG_HOME='" + folder + "' " + String.join(" ", quoted(Command.java(List.of("connections")))),
                "/dev/null");
        connections.exitCode();
        escaped("connections", connections.output());
    }

    @Test
    void requests_and_the_topics_of_their_answers() {
        broker.asks = true;

        show(
                EACH,
                "reply -p PORT -t # -m x -W 4",
                "reply -V 311 -p PORT -t # -m x -W 4",
                "reply -p PORT -t # --exec false -W 4");
        broker.accepts = true;
        show(EACH, "reply -p PORT -t # -m x -v -C 1");
    }

    @Test
    void the_tree_of_topics_and_why_there_is_none() {
        try (Command tree = top()) {
            tree.awaitOutput("answers")
                    .type("jl")
                    .awaitOutput(ESCAPED)
                    .type("q")
                    .ends(0);
            escaped("top", tree.output());
        }
        broker.refuses = true;
        try (Command refused = top()) {
            refused.awaitOutput("! ").type("q").ends(0);
            harmless("top, refused", refused.output());
        }
    }

    /** In a terminal that is wide enough for a whole topic. */
    private Command top() {
        String godwit = String.join(" ", quoted(Command.java(List.of("top", "127.0.0.1:" + broker.port(), "-t", "#"))));
        return Command.of(
                "script",
                "-qec",
                "stty rows 30 cols 250; TERM=xterm XDG_CONFIG_HOME=/nonexistent " + godwit,
                "/dev/null");
    }

    @Test
    void messages_that_a_bridge_cannot_forward() throws IOException {
        broker.asks = true;
        Path rules = Files.writeString(
                folder.resolve("rules.toml"), "[[topic]]\nfilter = \"#\"\ndirection = \"a-to-b\"\nb = \"x/\"\n");
        String line = "bridge mqtt://127.0.0.1:PORT mqtt://127.0.0.1:PORT --rules " + rules + " --store "
                + folder.resolve("sessions");
        try (Command bridge = Command.onTerminal("godwit " + line.replace("PORT", broker.port()))) {
            bridge.awaitOutput("did not cross");
            escaped("bridge", bridge.output());
        }
        broker.refuses = true;

        show(EACH, line);
    }

    @Test
    void what_a_fleet_meets() throws IOException {
        Path fleet = Files.writeString(
                folder.resolve("fleet.yaml"), "publish: [{topic: \"up/${id}\", payload: x, every: 100ms, qos: 1}]\n");
        Path wrong = Files.writeString(
                folder.resolve("wrong.yaml"),
                "\"\\e]0;TITLE\\a\\e[31mRED\\u009b31m\\ngodwit: all is well\\u202e\": 1\n");
        String line = "simulate " + fleet + " -V 5 -p PORT --duration 1s";

        show(Pattern.compile("wrong"), line, "simulate " + wrong + " -p PORT");
        broker.disconnects = true;
        show(NONE, line);
        broker.refuses = true;
        show(EACH, line);
    }

    @Test
    void what_a_store_keeps() throws IOException {
        Path store = folder.resolve("store");
        SessionLog log = DiskStore.at(store).open(EVIL);
        log.accepted(1, Message.of("evil/" + EVIL, EVIL).withUserProperty(EVIL, EVIL), Long.MAX_VALUE);
        log.subscribed(TopicSubscription.of("evil/" + EVIL + "/+", Qos.AT_LEAST_ONCE), MqttProperties.NONE);
        log.close();

        show(
                EACH,
                "store ls " + store,
                "store ls --json " + store,
                "store export " + store,
                "store replay --keep " + store + " --server mqtt://127.0.0.1:PORT");
    }

    @Test
    void what_a_recording_holds() throws IOException {
        Path recording = Files.writeString(
                folder.resolve("evil.jsonl"),
                "{\"at\":0,\"topic\":\"evil/\\u001b]0;TITLE\\u0007\\u001b[31mRED\\u009b31m\\u202e\",\"payload\":\"x\",\"qos\":1}\n");
        Path wrong = Files.writeString(
                folder.resolve("wrong.jsonl"), "{\"at\":0,\"topic\":\"a\",\"qos\":\"" + EVIL + "\"}\n");

        show(NONE, "play -V 5 -p PORT " + recording, "play -p PORT " + wrong);
    }

    @Test
    void clients_of_the_embedded_broker() throws Exception {
        int port = Programs.freePort();
        String topic = "evil/" + TURNED;
        try (Command log = Command.onTerminal("godwit broker -v -p " + port)) {
            log.awaitOutput("listening on");
            MqttClientBuilder builder = MqttClient.builder().server("mqtt://127.0.0.1:" + port);
            try (MqttClient client = builder.clientId(EVIL).build()) {
                assertThatExceptionOfType(MqttConnectException.class).isThrownBy(client::connect);
            }
            try (MqttClient client = builder.clientId(TURNED).build()) {
                client.connect();
                client.subscribe(topic, Qos.AT_LEAST_ONCE, message -> {});
                client.publish(Message.of(topic, EVIL));
                client.unsubscribe(topic);
            }
            log.awaitOutput("is gone");
            harmless("broker", log.output());
            assertThat(log.output())
                    .contains(
                            "'\\u202e' published", "subscribed to 'evil/\\u202e'", "unsubscribed from 'evil/\\u202e'");
        }
    }

    private static List<String> quoted(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").toList();
    }
}
