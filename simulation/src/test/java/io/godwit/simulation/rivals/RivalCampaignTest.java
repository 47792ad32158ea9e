package io.godwit.simulation.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.simulation.broker.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./godwit-sim rivals --minutes 10}. */
@Timeout(60)
class RivalCampaignTest {
    private static final Duration TIME = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private static RivalCampaign.Outcome fight(String server) {
        RivalCampaign.Outcome outcome = new RivalCampaign(server).run(TIME);

        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.published()).isPositive();
        return outcome;
    }

    @Test
    void two_clients_with_one_identifier_learn_of_it_back_off_and_lose_nothing() {
        try (MqttBroker broker = MqttBroker.start()) {
            RivalCampaign.Outcome outcome = fight(broker.uri());

            assertThat(outcome.takeovers()).isPositive();
            assertThat(outcome.silentEnds()).isZero();
        }
    }

    @Test
    void they_do_so_through_mosquitto_which_may_not_say_why() throws Exception {
        assumeTrue(BrokerProcess.hasMosquitto(), "needs Mosquitto: apt-get install mosquitto");
        try (BrokerProcess mosquitto = BrokerProcess.start("mosquitto", folder)) {
            fight("mqtt://127.0.0.1:" + mosquitto.port());
        }
    }
}
