package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.cli.output.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More retained messages than the broker queues for a client, and ones that nobody may clear: as Mosquitto has them by default. */
class RetainedTest {
    private static final int MANY = 3_000;

    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static Mosquitto broker;
    private static String port;

    @BeforeAll
    static void start() throws IOException {
        Programs.require("mosquitto_sub");
        Path rights = Files.write(
                folder.resolve("acl"),
                List.of(
                        "topic read protected/#",
                        "topic readwrite many/#",
                        "topic read $SYS/#",
                        "user w",
                        "topic readwrite #"));
        broker = Mosquitto.start(folder, "acl_file " + rights);
        port = String.valueOf(broker.port());
        Command.run("mosquitto_pub -p " + port + " -u w -t protected/a -m keep -r -q 1")
                .ends(0);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static Command godwit(String line) {
        return Command.run("godwit " + line + " -p " + port);
    }

    private static void retainMany() {
        String messages = IntStream.range(0, MANY)
                .mapToObj(
                        i -> "{\"topic\":\"many/" + i + "\",\"retain\":true,\"qos\":" + i % 3 + ",\"payload\":\"x\"}\n")
                .collect(Collectors.joining());
        godwit("play --fast -").input(messages).ends(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"311", "5"})
    void all_are_listed_and_cleared_however_many_the_broker_queues(String version) {
        retainMany();

        List<String> listed = godwit("retained many/# --json -V " + version)
                .ends(0)
                .output()
                .lines()
                .toList();
        Command cleared = godwit("retained clear many/# --yes -V " + version).ends(0);

        assertThat(listed)
                .hasSize(MANY)
                .filteredOn(line -> line.contains("\"qos\":2"))
                .hasSize(MANY / 3);
        assertThat(cleared.errors()).contains(MANY + " retained messages cleared");
        Command.run("mosquitto_sub -p " + port + " -t many/# -W 1").ends(27);
    }

    @Test
    void a_recording_has_those_too_that_the_queue_dropped() {
        retainMany();

        Command record = godwit("record - -t many/# -C " + MANY).ends(0);

        assertThat(record.output().lines().map(line -> line.replaceFirst(".*\"topic\":\"([^\"]*)\".*", "$1")))
                .hasSize(MANY)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"protected/#", "protected/a", "$SYS/broker/version"})
    void what_the_broker_does_not_let_go_is_named(String filter) {
        for (String version : List.of("31", "311", "5")) {
            Command clear =
                    godwit("retained clear " + filter + " --yes -V " + version).ends(ExitCodes.PUBLISH_FAILED);

            assertThat(clear.errors()).contains("0 retained messages cleared, 1 still there, such as '");
        }
        Command.run("mosquitto_sub -p " + port + " -t protected/a -C 1 -W 30").ends(0);
    }

    @Test
    void sub_says_what_it_could_not_remove() {
        Command sub = godwit("sub -t protected/# --remove-retained --retained-only -V 5 -W 2 -C 1")
                .ends(ExitCodes.PUBLISH_FAILED);

        assertThat(sub.output()).isEqualTo("keep\n");
        assertThat(sub.errors()).contains("the retained message on 'protected/a' was not removed: ");
    }
}
