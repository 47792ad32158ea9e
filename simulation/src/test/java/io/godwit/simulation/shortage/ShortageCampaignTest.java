package io.godwit.simulation.shortage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./godwit-sim shortage}. */
class ShortageCampaignTest {
    @Test
    void a_client_withstands_shortages_for_five_seconds() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no /bin/bash to limit a process with");

        ShortageCampaign.Outcome outcome =
                new ShortageCampaign(1, EnumSet.of(Shortage.HANDLES, Shortage.THREADS)).run(Duration.ofSeconds(5));

        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.shortages()).isNotEmpty();
        assertThat(outcome.cuts()).isPositive();
    }
}
