package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.broker.BrokerPolicy;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.testkit.TestBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code request}, {@code reply}, {@code retained}, {@code record}, {@code play} and {@code trace} as processes, against Mosquitto. */
class MessageCommandsTest {
    private static final String HEX_OF_SECRET = "73 65 63 72 65 74";

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

    private static Command godwit(String command, String arguments) {
        return Command.run("godwit " + command + " -p " + port + " " + arguments);
    }

    private static Command mosquitto(String command, String arguments) {
        return Command.run("mosquitto_" + command + " -p " + port + " " + arguments);
    }

    @Test
    void a_command_answers_requests_of_all_versions_and_of_mosquitto_rr() {
        try (Command reply = godwit("reply", "-t lamp/get --exec 'echo $(cat) for $GODWIT_TOPIC' -v")) {
            reply.awaitError("answering requests on lamp/get");

            assertThat(godwit("request", "-t lamp/get -m five").ends(0).output())
                    .isEqualTo("five for lamp/get\n");
            assertThat(godwit("request", "-V 311 -t lamp/get -m three -v")
                            .ends(0)
                            .output())
                    .matches("lamp/get/response/(\\S+) three for lamp/get/request/\\1\n");
            assertThat(mosquitto("rr", "-t lamp/get -e my/answer -m theirs -W 30")
                            .ends(0)
                            .output())
                    .isEqualTo("theirs for lamp/get\n");

            reply.interrupt().ends(ExitCodes.INTERRUPTED);
            assertThat(reply.output()).contains("lamp/get -> my/answer\n");
            assertThat(reply.errors()).contains("3 answers");
        }
    }

    @Test
    void a_command_that_fails_gives_no_answer_and_the_others_count() {
        try (Command none = godwit("reply", "-t all/ask --exec 'exit 3'");
                Command echo = godwit("reply", "-t all/ask --echo -C 1")) {
            none.awaitError("answering");
            echo.awaitError("answering");

            Command asked = godwit("request", "-t all/ask -m x -C 2 -W 2").ends(ExitCodes.TIMEOUT);

            assertThat(asked.output()).isEqualTo("x\n");
            assertThat(asked.errors()).contains("1 of 2 responses on 'all/ask/response/");
            echo.ends(0);
            none.awaitError("is not answered: the command ended with exit code 3");
        }
    }

    @Test
    void a_reader_that_has_gone_ends_retained_and_reply() {
        mosquitto("pub", "-t gone/a -r -m 1").ends(0);
        mosquitto("pub", "-t gone/b -r -m 1").ends(0);
        for (String line : List.of("retained gone/# --json", "retained gone/#")) {
            assertThat(codeWithoutReader(line + " -p " + port)).as(line).isEqualTo(ExitCodes.OUTPUT_CLOSED);
        }
        godwit("retained", "clear gone/# --yes").ends(0);
    }

    /** The exit code of the command when nobody reads what it says. */
    private static int codeWithoutReader(String line) {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        PrintStream err = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return Main.run(new Terminal(closed, err, false, false, false), List.of(line.split(" +")));
    }

    @Test
    void the_latency_of_each_response_is_shown() {
        try (Command reply = godwit("reply", "-t late/get --echo")) {
            reply.awaitError("answering");

            Command asked = godwit("request", "-t late/get -m x --latency").ends(0);

            assertThat(asked.output()).isEqualTo("x\n");
            assertThat(asked.errors()).matches("latency \\d+\\.\\d{3} ms\\R");
        }
    }

    @Test
    void a_host_is_reached_over_WebSocket() throws IOException {
        try (Mosquitto web = Mosquitto.in(Files.createDirectory(folder.resolve("web")))
                .anonymous()
                .listener()
                .listener("socket_domain ipv4", "protocol websockets")
                .start()) {
            String at = " --ws -h 127.0.0.1 -p " + web.port(1) + " -t ws/a";

            Command.run("godwit pub -m over -r -q 1" + at).ends(0);

            assertThat(Command.run("godwit sub -C 1 -W 30" + at).ends(0).output())
                    .isEqualTo("over\n");
        }
    }

    @Test
    void a_request_that_nobody_hears_says_so() {
        Command asked = godwit("request", "-t nobody/home -n -q 1 -W 1").ends(ExitCodes.TIMEOUT);

        assertThat(asked.errors())
                .contains("there is no subscriber for 'nobody/home'", "no response on 'nobody/home/response/");
    }

    @Test
    void retained_messages_are_shown_saved_cleared_when_confirmed_and_brought_back() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script(1) to make a terminal");
        mosquitto("pub", "-t kept/hall/light -r -m on").ends(0);
        mosquitto("pub", "-t kept/hall -r -m 1").ends(0);

        Command tree = godwit("retained", "kept/#").ends(0);
        assertThat(tree.output()).isEqualTo("kept\n└── hall = 1\n    └── light = on\n");
        assertThat(tree.errors()).contains("2 retained messages, 3 bytes");

        String json = godwit("retained", "kept/# --json").ends(0).output();
        assertThat(json.lines()).hasSize(2).allMatch(line -> line.contains("\"retain\":true"));

        Command unasked = godwit("retained", "clear kept/#").input("").ends(ExitCodes.USAGE);
        assertThat(unasked.errors()).contains("add --yes");
        assertThat(onTerminal("godwit retained -p " + port + " clear kept/#", "n\n"))
                .contains("nothing was cleared");
        assertThat(onTerminal("godwit retained -p " + port + " clear kept/#", "y\n"))
                .contains("Clear 2 retained messages? [y/N]", "2 retained messages cleared");
        mosquitto("sub", "-t kept/# -W 1").ends(27);

        godwit("play", "-").input(json).ends(0);
        assertThat(mosquitto("sub", "-t kept/# -C 2 -W 30 -F '%t %p %r'")
                        .ends(0)
                        .output())
                .contains("kept/hall 1 1\n", "kept/hall/light on 1\n");
        godwit("retained", "clear kept/# --yes").ends(0);
    }

    /** What the command writes in a terminal where this is typed. */
    private static String onTerminal(String line, String typed) {
        Command command = Command.onTerminal(line);
        return command.awaitOutput("[y/N]")
                .input(typed)
                .ends(typed.startsWith("y") ? 0 : 1)
                .output();
    }

    @Test
    void what_was_recorded_is_played_elsewhere() throws IOException {
        Path file = folder.resolve("day.jsonl");
        try (Command record = godwit("record", "-V 5 -t rec/# -T rec/out -C 3 " + file)) {
            record.awaitError("recording");
            mosquitto("pub", "-V 5 -t rec/a -q 2 -m µ -D publish user-property k v")
                    .ends(0);
            mosquitto("pub", "-t rec/out -m left-out").ends(0);
            Command.run("sh -c 'printf \"\\377\" | mosquitto_pub -p " + port + " -t rec/b -q 1 -s'")
                    .ends(0);
            mosquitto("pub", "-t rec/c -n").ends(0);
            record.ends(0);
            assertThat(record.errors()).contains("3 messages, 3 bytes in ");
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        try (Command sub = Command.run(
                "stdbuf -oL mosquitto_sub -d -p " + port + " -V 5 -t played/# -q 2 -C 5 -F '<%t %q %x %P>'")) {
            sub.awaitOutput("Subscribed");
            Command play = godwit("play", file + " -V 5 --topic-from rec --topic-to played --loop 2 --fast -t rec/+")
                    .ends(0);
            assertThat(play.errors()).contains("6 messages, 6 bytes in ", "round 2 of 2");
            assertThat(sub.ends(0).output()).contains("<played/a 2 c2b5 k:v>", "<played/b 1 ff >", "<played/c 0  >");
        }
        Command again = godwit("record", file.toString()).ends(ExitCodes.USAGE);
        assertThat(again.errors()).contains("already exists: add --append, or --force");
    }

    @Test
    void a_recording_that_never_began_leaves_no_file() {
        Path file = folder.resolve("never");
        Command.godwit("record", "-p", "1", file.toString()).ends(ExitCodes.UNREACHABLE);
        assertThat(file).doesNotExist();
    }

    @Test
    void a_recording_whose_subscription_is_refused_leaves_no_file() {
        Path file = folder.resolve("refused");
        BrokerPolicy nothing = new BrokerPolicy() {
            @Override
            public ReasonCode subscribe(String clientId, TopicSubscription subscription) {
                return ReasonCode.NOT_AUTHORIZED;
            }
        };
        try (TestBroker strict = TestBroker.builder().policy(nothing).start()) {
            Command.run("godwit record -h " + strict.uri() + " " + file).ends(ExitCodes.SUBSCRIBE_FAILED);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void a_recording_that_is_not_text_is_rejected() throws IOException {
        Path file = Files.write(folder.resolve("day.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});

        Command play = godwit("play", file.toString()).ends(ExitCodes.FAILED);

        assertThat(play.errors()).contains("day.gz, line 1: not UTF-8 text");
    }

    @Test
    void the_timing_is_that_of_the_recording_at_the_speed_asked_for() {
        String recording = "{\"at\":0,\"topic\":\"time\"}\n{\"at\":100,\"topic\":\"time\"}\n";
        try (Command record = godwit("record", "- -t time -C 2")) {
            record.awaitError("recording");
            Command play = godwit("play", "- --speed 200").input(recording).ends(0);

            String seconds = play.errors().replaceFirst("(?s).*2 messages, 0 bytes in ([0-9.]+) s.*", "$1");
            assertThat(Double.parseDouble(seconds)).isBetween(0.5, 60.0);
            assertThat(record.ends(0).output().lines())
                    .hasSize(2)
                    .allMatch(line -> line.contains("\"topic\":\"time\""));
        }
    }

    @Test
    void a_recording_is_played_again_and_again_until_ctrl_c() throws IOException {
        Path file =
                Files.writeString(folder.resolve("one.jsonl"), "{\"topic\":\"again\",\"qos\":1,\"payload\":\"x\"}\n");
        try (Command sub = mosquitto("sub", "-t again -C 100");
                Command play = godwit("play", file + " --loop forever --fast")) {
            sub.ends(0);
            play.interrupt().ends(ExitCodes.INTERRUPTED);
            assertThat(play.errors())
                    .containsOnlyOnce(" messages, ")
                    .contains(" of forever")
                    .doesNotContain("failed");
        }
    }

    @Test
    void a_recording_with_a_fault_is_played_up_to_it() {
        Command play = godwit("play", "-")
                .input("{\"topic\":\"a\"}\n{\"topic\":\"a\",\"qos\":7}\n")
                .ends(ExitCodes.FAILED);

        assertThat(play.errors()).contains("standard input, line 2: \"qos\" must be a whole number from 0 to 2");
    }

    @Test
    void a_proxy_shows_each_packet_of_any_client_without_its_password() {
        try (Command trace = Command.run("godwit trace --listen 0 127.0.0.1:" + port)) {
            trace.awaitError("listening on 127.0.0.1:");
            String here = trace.errors().replaceFirst("(?s).*listening on 127.0.0.1:(\\d+),.*", "$1");

            Command.run("mosquitto_pub -p " + here + " -u me -P secret -t seen -m hello -q 1")
                    .ends(0);

            trace.awaitOutput("-> DISCONNECT").interrupt().ends(ExitCodes.INTERRUPTED);
            assertThat(trace.output())
                    .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.\\d{6} #1 -> CONNECT .* user 'me', password \\*\\*\\*")
                    .contains("#1 -> PUBLISH id 1 q1 'seen' 5 bytes\n        0000  32 0d 00 04 73 65 65 6e")
                    .contains("#1 <- PUBACK id 1")
                    .doesNotContain("secret", HEX_OF_SECRET);
            assertThat(trace.errors()).contains("1 connection, 5 packets");
        }
    }

    @Test
    void a_subscriber_shows_its_own_packets() {
        try (Command trace = godwit("trace", "-t own/# -C 1 --json --type SUBACK,PUBLISH")) {
            trace.awaitOutput("SUBACK");
            mosquitto("pub", "-t own/a -m hi").ends(0);
            trace.ends(0);
            assertThat(trace.output().lines())
                    .hasSize(2)
                    .anyMatch(line -> line.contains("\"from\":\"broker\",\"type\":\"PUBLISH\",\"size\":11"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "request -m x                            | missing topic",
                "request -t a                            | -m=TEXT",
                "reply -t a/# -e a/b -m x                | would answer its own answers forever",
                "reply -t a --exec true --jobs 0         | --jobs 0: must be at least 1",
                "retained clear                          | missing filter",
                "play /no/such/file                      | cannot read file /no/such/file",
                "play - --loop 2                         | standard input can be played only once",
                "play - --loop never                     | must be greater than 0, or forever",
                "play - --speed 0                        | must be greater than 0, such as 2",
                "play - --topic-from a                   | go together",
                "play - --rewrite s/a/b                  | use s/PATTERN/REPLACEMENT/",
                "trace                                   | use exactly one of",
                "trace --listen x                        | must be PORT or ADDRESS:PORT",
                "trace --decode --listen 1               | use exactly one of"
            })
    void wrong_use_is_explained(String line, String error) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayOutputStream(), new PrintStream(err, true, StandardCharsets.UTF_8), false, false, false);

        int code = Main.run(terminal, List.of(line.split(" +")));

        assertThat(code).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(error);
    }
}
