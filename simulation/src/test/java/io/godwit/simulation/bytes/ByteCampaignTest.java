package io.godwit.simulation.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./godwit-sim bytes}. */
class ByteCampaignTest {
    @Test
    void the_broker_withstands_hostile_bytes_for_three_seconds() throws InterruptedException {
        ByteCampaign.Outcome outcome = new ByteCampaign(1).run(Duration.ofSeconds(3));

        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.messages()).isGreaterThan(20);
        assertThat(outcome.connections()).isGreaterThan(100);
    }
}
