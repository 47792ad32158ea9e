package io.godwit.simulation.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.simulation.broker.BrokerProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./godwit-sim kill --kills 200}. */
class KillCampaignTest {
    @TempDir
    Path folder;

    @Test
    @Timeout(110)
    void nothing_is_lost_and_nothing_of_qos_2_comes_twice_though_the_client_is_killed() throws Exception {
        assumeTrue(BrokerProcess.hasMosquitto(), "needs Mosquitto: apt-get install mosquitto");
        try (BrokerProcess mosquitto = BrokerProcess.start("mosquitto", folder.resolve("mosquitto"))) {
            KillCampaign.Outcome outcome = new KillCampaign(
                            folder, "127.0.0.1", mosquitto.port(), mosquitto, Excuses.NONE, 7)
                    .run(5, kill -> {});

            assertThat(outcome.faults()).isEmpty();
            assertThat(outcome.accepted()).isPositive();
            assertThat(outcome.handled()).isEqualTo(100);
        }
    }
}
