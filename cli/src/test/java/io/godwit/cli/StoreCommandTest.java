package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.testkit.TestBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void two_publishes_and_a_subscription() throws IOException {
        SessionLog log = DiskStore.at(folder).open("boiler-7");
        log.accepted(1, Message.of("boiler/7", "sixty"), Long.MAX_VALUE);
        log.accepted(2, Message.of("boiler/7", "seventy").withQos(Qos.EXACTLY_ONCE), Long.MAX_VALUE);
        log.sent(2, 9);
        log.subscribed(TopicSubscription.of("boiler/+/cmd", Qos.AT_LEAST_ONCE), MqttProperties.NONE);
        log.close();
    }

    private int run(String... arguments) {
        Terminal terminal = new Terminal(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false, false);
        return Main.run(terminal, List.of(arguments));
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ls_shows_a_line_for_each_session() {
        assertThat(run("store", "ls", folder.toString())).isEqualTo(ExitCodes.OK);

        assertThat(output()).containsPattern("boiler-7 +2 +1 +0 +1 ");
    }

    @Test
    void export_writes_all_that_is_kept_as_json() {
        assertThat(run("store", "export", folder.toString())).isEqualTo(ExitCodes.OK);

        assertThat(output())
                .contains("\"clientId\":\"boiler-7\"")
                .contains("\"topic\":\"boiler/7\",\"qos\":2,\"retain\":false,\"packetId\":9,\"released\":false")
                .contains("\"payload\":\"c2l4dHk=\"")
                .contains("\"filter\":\"boiler/+/cmd\"");
    }

    @Test
    void replay_publishes_what_is_left_and_takes_it_out() {
        try (TestBroker broker = TestBroker.start()) {
            assertThat(run("store", "replay", folder.toString(), "--server", broker.uri()))
                    .isEqualTo(ExitCodes.OK);

            assertThat(broker.messages())
                    .extracting(seen -> seen.message().text())
                    .containsExactly("sixty", "seventy");
        }
        out.reset();
        run("store", "ls", folder.toString(), "--json");
        assertThat(output()).contains("\"publishCount\":0").contains("\"subscriptionCount\":1");
    }

    @Test
    void a_folder_that_is_not_there_is_named() {
        assertThat(run("store", "ls", folder.resolve("nowhere").toString())).isEqualTo(ExitCodes.FAILED);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nowhere is not a folder");
    }
}
