package io.godwit.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AccessTest {
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Access access = new Access("correct horse", clock::get);

    @Test
    void a_token_works_once_and_for_ten_minutes() {
        String used = access.newToken();
        String old = access.newToken();

        assertThat(access.exchange(used)).isNotNull();
        assertThat(access.exchange(used)).isNull();
        clock.addAndGet(10 * 60_000 + 1);
        assertThat(access.exchange(old)).isNull();
        assertThat(access.exchange("")).isNull();
    }

    @Test
    void a_session_is_known_by_its_secret_only() {
        String session = access.exchange(access.newToken());

        assertThat(access.isSession(session)).isTrue();
        assertThat(access.isSession(session + "x")).isFalse();
        assertThat(access.isSession("")).isFalse();
    }

    @Test
    void the_right_password_opens_a_session() {
        assertThat(access.login("correct horse", "10.0.0.1"))
                .isInstanceOfSatisfying(
                        Access.Login.Accepted.class,
                        accepted ->
                                assertThat(access.isSession(accepted.session())).isTrue());
    }

    @Test
    void after_five_wrong_passwords_an_address_waits_longer_each_time() {
        for (int i = 0; i < 5; i++) {
            assertThat(access.login("guess" + i, "10.0.0.1")).isInstanceOf(Access.Login.Wrong.class);
        }
        assertThat(access.login("correct horse", "10.0.0.1")).isEqualTo(new Access.Login.Later(1_000));
        assertThat(access.login("correct horse", "10.0.0.2")).isInstanceOf(Access.Login.Accepted.class);

        clock.addAndGet(1_000);
        assertThat(access.login("guess", "10.0.0.1")).isInstanceOf(Access.Login.Wrong.class);

        assertThat(access.login("correct horse", "10.0.0.1")).isEqualTo(new Access.Login.Later(2_000));
        clock.addAndGet(2_000);
        assertThat(access.login("correct horse", "10.0.0.1")).isInstanceOf(Access.Login.Accepted.class);
    }
}
