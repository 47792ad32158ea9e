package io.godwit.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lines go into the file of the history. */
class SafeHistoryTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect -u me -P secret",
                "connect -u me -Psecret",
                "connect -dP secret",
                "connect '-Psecret' -u me",
                "connect --pw=secret",
                "connect --header 'Authorization: Bearer secret'",
                "connect -h mqtts://me:secret@broker.example",
                "connect -h mqtts://me:sec/ret@broker.example",
                "connect --proxy socks5h://me:secret@proxy",
                "connect -V 5 -D connect authentication-data secret"
            })
    void a_line_with_a_secret_stays_out(String line) {
        assertThat(SafeHistory.holdsSecret(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect -u me --password-env PW",
                "connect -p 1883 -h mqtt://broker.example:1883",
                "publish -t Home/Pump -m On"
            })
    void a_line_without_one_is_kept(String line) {
        assertThat(SafeHistory.holdsSecret(line)).isFalse();
    }
}
