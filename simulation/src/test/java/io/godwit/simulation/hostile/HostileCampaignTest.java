package io.godwit.simulation.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./godwit-sim hostile}. */
class HostileCampaignTest {
    @Test
    void clients_withstand_a_mutating_broker_for_three_seconds() throws InterruptedException {
        HostileCampaign.Outcome outcome = new HostileCampaign(1).run(Duration.ofSeconds(3));

        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.rounds()).isGreaterThan(5);
        assertThat(outcome.connections()).isGreaterThan(10);
    }
}
