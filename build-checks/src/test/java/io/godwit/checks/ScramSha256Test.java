package io.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScramSha256Test {
    @Test
    void the_example_of_rfc_7677_comes_out() throws Exception {
        assertThat(ScramSha256.prove("pencil", ScramSha256.SERVER_FIRST))
                .isEqualTo(new ScramSha256.Proofs(ScramSha256.CLIENT_FINAL, ScramSha256.SERVER_FINAL));
    }
}
