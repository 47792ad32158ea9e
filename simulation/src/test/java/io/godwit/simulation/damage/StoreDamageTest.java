package io.godwit.simulation.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@code ./godwit-sim damage}. */
class StoreDamageTest {
    private static final int TRIALS = 10;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void a_damaged_store_alters_nothing_and_hides_nothing(DamageKind kind) throws IOException {
        DamageCampaign campaign = new DamageCampaign(folder);
        for (int seed = 0; seed < TRIALS; seed++) {
            assertThat(campaign.run(kind, seed)).isNull();
        }
    }
}
