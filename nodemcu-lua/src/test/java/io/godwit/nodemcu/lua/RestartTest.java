package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.testkit.BrokerJournal;
import io.godwit.testkit.SeenMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restart ends the connections of the boot before, whoever asks for it. */
class RestartTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tmr.softwd(5)",
                "tmr.create():alarm(5000, tmr.ALARM_SINGLE, node.restart)",
                "tmr.create():alarm(5000, tmr.ALARM_SINGLE, function() error('a bug') end)"
            })
    void the_will_comes_and_the_old_connection_does_not_come_back(String restart) throws Exception {
        Files.writeString(folder.resolve("init.lua"), """
                local first = not file.exists("booted")
                file.putcontents("booted", "")
                m = mqtt.Client("restarted", 60)
                m:lwt("will", first and "first" or "second")
                m:connect("b", 1883, 0, 1)
                if first then %s end
                """.formatted(restart));
        BrokerJournal journal = new BrokerJournal();
        try (Host host = Host.start(HostOptions.of(folder).virtual(true).brokerListener(journal), new ScriptRun())) {
            // Before the second boot, which would take the session over.
            host.run(Duration.ofMillis(5_200));
            assertThat(journal.messages()).extracting(SeenMessage::text).containsExactly("first");

            host.run(Duration.ofMinutes(1));
            assertThat(journal.connects()).hasSize(2);
            assertThat(journal.messages()).hasSize(1);
        }
    }
}
