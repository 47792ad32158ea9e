package io.godwit.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class CredentialsTest {
    /** As from {@code System.getenv} of a variable that is not set. */
    @Test
    @SuppressWarnings("NullAway")
    void a_user_name_that_is_null_is_an_error_that_says_so() {
        assertThatNullPointerException()
                .isThrownBy(() -> MqttClient.builder().credentials(null, "secret"))
                .withMessage("the user name is null: is the variable set that it comes from?");
    }

    @Test
    void no_text_shows_the_password() {
        assertThat(Credentials.of("boiler", "secret").toString())
                .contains("boiler")
                .doesNotContain("secret");
    }
}
