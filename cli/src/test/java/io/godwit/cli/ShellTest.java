package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code shell}: scripts, and a person at a real terminal. */
class ShellTest {
    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static TestBroker broker;
    private static String connect;

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
        connect = "connect -h " + broker.uri();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Command script(String... lines) {
        return Command.godwit("shell").input(String.join("\n", lines) + "\n");
    }

    @Test
    void a_script_lets_several_clients_talk() {
        Command shell = script(
                        "# two clients",
                        connect + " a",
                        connect + " b -V 5",
                        "subscribe 'home/#' -q 1",
                        "use a",
                        "pub home/hall \"hi there\" -q 1",
                        "pub -t home/yard -m '{\"on\": true}' -q 2",
                        "use b",
                        "wait -C 2",
                        "unsubscribe --all",
                        "disconnect a",
                        "list")
                .ends(ExitCodes.OK);
        assertThat(shell.output())
                .isEqualTo("b: home/hall hi there\nb: home/yard {\"on\": true}\n* b  connected to " + broker.uri()
                        + ", MQTT 5\n");
        assertThat(shell.errors()).isEmpty();
    }

    @Test
    void a_script_ends_at_the_first_line_that_fails_with_its_exit_code() throws IOException {
        Command late = script(connect, "wait -W 0.1", "help").ends(ExitCodes.TIMEOUT);
        assertThat(late.errors()).isEqualTo("godwit shell: standard input:2: wait: no message within 0.1 s\n");
        assertThat(late.output()).isEmpty();

        Path file = Files.writeString(folder.resolve("script"), "\npublish a b\n");
        Command lost = Command.godwit("shell", file.toString()).ends(ExitCodes.USAGE);
        assertThat(lost.errors())
                .isEqualTo("godwit shell: " + file + ":2: publish: no client yet: use connect -h HOST\n");

        assertThat(script("connect -h 127.0.0.1 -p 1")
                        .ends(ExitCodes.UNREACHABLE)
                        .errors())
                .contains("nothing listens on port 1")
                .doesNotContain("\tat ");
        assertThat(script("publish a 'b").ends(ExitCodes.USAGE).errors()).contains("a quote is not closed");
        assertThat(script("conect").ends(ExitCodes.USAGE).errors()).contains("unknown command 'conect'");
        assertThat(script("connect --prot 1").ends(ExitCodes.USAGE).errors()).contains("help connect shows examples");
        script("exit 7", "nonsense").ends(7);
        assertThat(script("publish --help").ends(ExitCodes.OK).output()).contains("Usage: publish", "Examples:");
    }

    @Test
    void json_says_everything_on_standard_output() {
        Command shell = Command.godwit("shell", "--json")
                .input(connect + " a -V 5\nsub x\npub x 1\nwait\nrequest x 2 -W 0.1\n")
                .ends(ExitCodes.TIMEOUT);
        assertThat(shell.errors()).isEmpty();
        assertThat(shell.output().lines())
                .allMatch(line -> line.startsWith("{\"event\":\"") && line.endsWith("}"))
                .anyMatch(line -> line.startsWith("{\"event\":\"message\",\"client\":\"a\",\"message\":{")
                        && line.contains("\"payload\":\"1\""))
                .last()
                .asString()
                .startsWith("{\"event\":\"failed\"")
                .endsWith(",\"exitCode\":27}");
    }

    @Test
    void a_request_shows_its_response() {
        try (MqttClient answering = MqttClient.builder()
                .server(broker.uri())
                .protocol(ProtocolVersion.V5)
                .build()) {
            answering.connect();
            answering.subscribe("ask", request -> {
                String topic = String.valueOf(request.responseTopic());
                answering.publishAsync(
                        Message.of(topic, request.text() + "!").withCorrelationData(request.correlationData()));
            });
            Command shell = script(connect + " a -V 5", "request ask what now").ends(ExitCodes.OK);
            assertThat(shell.output()).startsWith("a: ").endsWith(" what now!\n");
        }
        Command old = script(connect, "request ask what").ends(ExitCodes.USAGE);
        assertThat(old.errors()).contains("connect with -V 5");
    }

    @Test
    void a_person_types_while_messages_come() throws Exception {
        Map<String, String> environment = Map.of(
                "XDG_STATE_HOME",
                folder.resolve("state").toString(),
                "XDG_CONFIG_HOME",
                "/nonexistent",
                "TERM",
                "screen");
        try (TerminalWindow window = TerminalWindow.running(folder, environment, Command.java(List.of("shell")));
                MqttClient outside = MqttClient.connect(broker.uri())) {
            window.awaitScreen("godwit> ");
            window.type(connect + " boiler -u me -P top-secret").press("Enter").awaitScreen("boiler> ");
            window.type("subs").press("Tab").awaitScreen("boiler> subscribe ");
            window.type("home/# -q 1").press("Enter").awaitScreen("subscribed to home/#, QoS 1");

            window.type("publish home/ha").awaitScreen("boiler> publish home/ha");
            outside.publish("home/yard", "rain");
            window.awaitScreen("boiler: home/yard rain");
            window.type("ll warm").awaitScreen("boiler> publish home/hall warm");
            assertThat(window.screen()).doesNotContain("home/ha\n").containsOnlyOnce("publish home/ha");
            window.press("Enter").awaitScreen("boiler: home/hall warm");

            window.type("wait -C 100").press("Enter").awaitScreen("waiting for 100 messages");
            window.press("C-c").awaitScreen("wait: interrupted");
            window.type("nonsense").awaitScreen("boiler> nonsense");
            window.press("C-c").awaitScreen("boiler> nonsense\nboiler>");
            window.type("use ").press("Tab").awaitScreen("boiler> use boiler");
            window.press("Enter").type("exit 3").press("Enter").awaitScreen("ended with 3");
        }
        Path history = folder.resolve("state/godwit/history");
        assertThat(Files.readString(history)).contains("publish home/hall warm").doesNotContain("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_password_can_be_asked_for() throws IOException {
        Map<String, String> environment =
                Map.of("XDG_STATE_HOME", folder.resolve("asked").toString(), "XDG_CONFIG_HOME", "/nonexistent");
        try (TestBroker strict =
                        TestBroker.builder().credentials("me", "top-secret").start();
                TerminalWindow window = TerminalWindow.running(folder, environment, Command.java(List.of("shell")))) {
            window.awaitScreen("godwit> ");
            window.type("connect a -u me --ask-password -h " + strict.uri())
                    .press("Enter")
                    .awaitScreen("Password: ");
            window.type("top-secret").press("Enter").awaitScreen("a: connected");
            assertThat(window.screen()).doesNotContain("top-secret");
            window.press("C-d").awaitScreen("ended with 0");
        }
        assertThat(Files.readString(folder.resolve("asked/godwit/history"))).doesNotContain("top-secret");
        assertThat(script("connect -u me --ask-password").ends(ExitCodes.USAGE).errors())
                .contains("there is no terminal to ask on");
    }
}
