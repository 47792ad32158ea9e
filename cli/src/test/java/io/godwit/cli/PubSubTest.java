package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.cli.output.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pub} and {@code sub} as processes, against Mosquitto and beside its clients. */
class PubSubTest {
    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static Mosquitto broker;
    private static String port;

    @BeforeAll
    static void start() throws IOException {
        Programs.require("mosquitto_sub");
        broker = Mosquitto.start(folder, "max_queued_messages 0");
        port = String.valueOf(broker.port());
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
    void sub_understands_what_mosquitto_pub_sends(String version) {
        String topic = "from/mosquitto/" + version;
        try (Command sub = Command.run(
                "godwit sub -d -h 127.0.0.1 -p " + port + " -V " + version + " -t " + topic + "/# -v -q 2 -C 3")) {
            sub.awaitError("SUBACK");
            for (String qos : List.of("0", "1", "2")) {
                Command.run("mosquitto_pub -p " + port + " -V " + version + " -t " + topic + "/" + qos + " -q " + qos
                                + " -m µ" + qos)
                        .ends(0);
            }
            sub.ends(0);
            assertThat(sub.output()).isEqualTo(topic + "/0 µ0\n" + topic + "/1 µ1\n" + topic + "/2 µ2\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"31", "311", "5"})
    void mosquitto_sub_understands_what_pub_sends(String version) {
        String topic = "to/mosquitto/" + version;
        try (Command sub =
                Command.run("stdbuf -oL mosquitto_sub -d -p " + port + " -t " + topic + "/# -q 2 -F '%t %q %p' -C 3")) {
            sub.awaitOutput("Subscribed");
            for (String qos : List.of("0", "1", "2")) {
                Command.godwit("pub", "-p", port, "-V", version, "-t", topic + "/" + qos, "-q", qos, "-m", "µ" + qos)
                        .ends(0);
            }
            sub.ends(0);
            assertThat(sub.output())
                    .contains(topic + "/0 0 µ0\n")
                    .contains(topic + "/1 1 µ1\n")
                    .contains(topic + "/2 2 µ2\n");
        }
    }

    /** Mosquitto acknowledges what exceeds its limit at QoS 2, and drops it; MQTT 3.1.1 does not tell the limit. */
    @Test
    void many_lines_of_qos_2_all_arrive() {
        String lines = IntStream.range(0, 500).mapToObj(i -> i + "\n").collect(Collectors.joining());
        try (Command sub = Command.run("stdbuf -oL mosquitto_sub -d -p " + port + " -t many -q 2 -F =%p= -C 500")) {
            sub.awaitOutput("Subscribed");
            Command.godwit("pub", "-p", port, "-t", "many", "-q", "2", "-l")
                    .input(lines)
                    .ends(0);
            sub.ends(0);
            assertThat(sub.output().lines().filter(line -> line.startsWith("=")))
                    .hasSize(500)
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-t u/a -t u/b -U u/b",
                "-U u/b -t u/a -t u/b",
                "-t u/# -U u/#",
                "-t u/a -U u/a -U u/b -V 5",
                "-t u/b -t u/a -R -V 5"
            })
    void filters_are_unsubscribed_after_the_subscriptions_as_there(String options) {
        String line = " -p " + port + " " + options + " -v -W 3";
        try (Command ours = Command.run("godwit sub -d" + line)) {
            ours.awaitError(options.contains("-U") ? "UNSUBACK" : "SUBACK");
            if (options.contains("-U u/b -V 5")) {
                ours.awaitError("UNSUBACK id 3");
            }
            Command theirs = Command.run("stdbuf -oL mosquitto_sub -d" + line); // its three seconds begin at once
            theirs.awaitOutput(options.contains("-U") ? "UNSUBACK" : "SUBACK");
            for (String topic : List.of("u/b", "u/a", "u/c")) {
                Command.run("mosquitto_pub -q 1 -p " + port + " -t " + topic + " -m x")
                        .ends(0);
            }

            assertThat(ours.ends(27).output())
                    .isEqualTo(theirs.ends(27)
                            .output()
                            .lines()
                            .filter(each -> each.startsWith("u/"))
                            .map(each -> each + "\n")
                            .collect(Collectors.joining()));
        }
    }

    @Test
    void what_is_wrong_with_a_command_line_is_said_in_words() {
        assertThat(Command.godwit("nonsense").ends(2).errors()).startsWith("godwit: unknown command 'nonsense'\n");
        assertThat(Command.godwit("pub", "-t", "a").ends(2).errors())
                .startsWith("godwit pub: missing one of: (-m=TEXT | -f=FILE | -s | -n | -l)\n");
    }

    @Test
    void pub_sends_lines_files_and_all_of_standard_input() throws IOException {
        Path file = Files.writeString(folder.resolve("payload"), "from a file");
        try (Command sub = Command.of(
                "stdbuf", "-oL", "mosquitto_sub", "-d", "-p", port, "-t", "in/#", "-F", "<%t %p>", "-C", "6")) {
            sub.awaitOutput("Subscribed");
            Command.godwit("pub", "-p", port, "-t", "in/lines", "-l")
                    .input("one\n\ntwo without end")
                    .ends(0);
            Command.godwit("pub", "-p", port, "-t", "in/all", "-s")
                    .input("a\nb")
                    .ends(0);
            Command.godwit("pub", "-p", port, "-t", "in/file", "-f", file.toString())
                    .ends(0);
            Command.godwit("pub", "-p", port, "-t", "in/null", "-n").ends(0);
            sub.ends(0);
            assertThat(sub.output())
                    .contains("<in/lines one>", "<in/lines >", "<in/lines two without end>", "<in/all a\nb>")
                    .contains("<in/file from a file>", "<in/null >");
        }
    }

    @Test
    void formats_are_those_of_mosquitto_sub() {
        String format = "%t|%p|%x|%X|%l|%q|%r|%10l|%-10l|%010l|%20t|%-20t.|%.3t|%%|@@|\\t|%C|%R|%P|%F|%S|@Y";
        String[] options = {
            "-p",
            port,
            "-V",
            "mqttv5",
            "-t",
            "format/x",
            "-C",
            "1",
            "-q",
            "1",
            "-F",
            format,
            "-D",
            "subscribe",
            "subscription-identifier",
            "7"
        };
        Command.of(("mosquitto_pub -p " + port
                                + " -V mqttv5 -t format/x -q 1 -r -m {\"a\":1} -D publish content-type a/b"
                                + " -D publish response-topic r/t -D publish user-property k v"
                                + " -D publish payload-format-indicator 1")
                        .split(" "))
                .ends(0);
        Command theirs = Command.of(concat("mosquitto_sub", options)).ends(0);
        Command ours = Command.godwit(concat("sub", options)).ends(0);
        assertThat(ours.output()).isEqualTo(theirs.output());

        options[11] = "%j";
        String theirJson = Command.of(concat("mosquitto_sub", options)).ends(0).output();
        String ourJson = Command.godwit(concat("sub", options)).ends(0).output();
        assertThat(members(ourJson)).isEqualTo(members(theirJson.replaceFirst("\"mid\":\\d+,", "")));
    }

    /** The members of a JSON object without its time, in any order. */
    private static List<String> members(String json) {
        return List.of(json.strip().replaceFirst("\"tst\":\"[^\"]*\",", "").split("[{},]+")).stream()
                .sorted()
                .toList();
    }

    @Test
    void retained_messages_are_left_out_shown_alone_and_removed() {
        Command.of("mosquitto_pub", "-p", port, "-t", "kept/a", "-r", "-m", "old")
                .ends(0);
        Command.godwit("sub", "-p", port, "-t", "kept/#", "-R", "-W", "1").ends(ExitCodes.TIMEOUT);
        Command removing = Command.run(
                        "godwit sub -p " + port + " -t kept/# --remove-retained --retained-only -C 1 -W 20")
                .ends(0);
        assertThat(removing.output()).isEqualTo("old\n");
        Command gone = Command.of("mosquitto_sub", "-p", port, "-t", "kept/#", "-W", "1");
        assertThat(gone.exitCode()).isEqualTo(27);
        assertThat(gone.output()).isEmpty();
    }

    @Test
    void ctrl_c_says_good_bye_and_sums_up() {
        try (Command will = Command.run("stdbuf -oL mosquitto_sub -d -p " + port + " -t will/x -C 1 -W 60");
                Command sub = Command.run(
                        "godwit sub -d -p " + port + " -t some/topic --will-topic will/x --will-payload died")) {
            will.awaitOutput("Subscribed");
            sub.awaitError("SUBACK");
            sub.interrupt().ends(ExitCodes.INTERRUPTED);
            assertThat(sub.errors()).contains("-> DISCONNECT").contains("0 messages, 0 bytes in");
            Command.run("mosquitto_pub -p " + port + " -t will/x -m next").ends(0);
            assertThat(will.ends(0).output()).contains("next").doesNotContain("died"); // DISCONNECT took it back
        }
    }

    @Test
    void a_kept_session_has_what_was_not_printed() {
        String[] options = {"-p", port, "-i", "kept-session", "-c", "-q", "1", "-t", "session/#"};
        Command.godwit(concat("sub", options, "-E")).ends(0);
        Command.of("mosquitto_pub", "-p", port, "-t", "session/a", "-q", "1", "-m", "1", "--repeat", "3")
                .ends(0);
        Command first =
                Command.godwit(concat("sub", options, "-C", "1", "-W", "20")).ends(0);
        assertThat(first.output()).isEqualTo("1\n");
        Command rest =
                Command.godwit(concat("sub", options, "-C", "2", "-W", "20")).ends(0);
        assertThat(rest.output()).isEqualTo("1\n1\n");
    }

    @Test
    void wrong_use_is_explained_in_a_line() {
        Command none = Command.godwit("sub", "-p", port).ends(ExitCodes.USAGE);
        assertThat(none.errors())
                .contains("missing topic filter: use -t FILTER")
                .doesNotContain("\tat ");
        Command wildcard =
                Command.godwit("pub", "-p", port, "-t", "a/#", "-m", "x").ends(ExitCodes.USAGE);
        assertThat(wildcard.errors()).contains("wildcard '#'").doesNotContain("\tat ");
        Command closed = Command.godwit("pub", "-p", "1", "-t", "a", "-m", "x").ends(ExitCodes.UNREACHABLE);
        assertThat(closed.errors()).contains("nothing listens on port 1").doesNotContain("\tat ");
        assertThat(Command.godwit("pub", "-p", "1", "-t", "a", "-m", "x", "--quiet")
                        .ends(ExitCodes.UNREACHABLE)
                        .errors())
                .isEmpty();
    }

    @Test
    void a_configuration_file_gives_options_and_the_command_line_wins() throws IOException {
        Path config = Files.createDirectories(folder.resolve("config/godwit"));
        Files.writeString(config.resolve("all"), "# where\n-p " + port + "\n-h 127.0.0.1\n");
        Files.writeString(config.resolve("pub"), "-t configured\n-r\n");
        Map<String, String> environment =
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
        Command.godwit(environment, "pub", "-m", "a").ends(0);
        Command sub = Command.godwit(environment, "sub", "-t", "configured", "-C", "1", "-W", "20")
                .ends(0);
        assertThat(sub.output()).isEqualTo("a\n");
        Command.godwit(environment, "pub", "-m", "a", "-h", "mqtt://127.0.0.1:1")
                .ends(ExitCodes.UNREACHABLE);
    }

    private static String[] concat(String first, String[] more, String... last) {
        List<String> all = new java.util.ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        all.addAll(List.of(last));
        return all.toArray(String[]::new);
    }
}
