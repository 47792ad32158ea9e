package io.godwit.mqtt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {
    @ParameterizedTest(name = "{0} matches {1}")
    @DisplayName("(section 4.7.1) the standard's examples of what matches")
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1",
        "sport/tennis/player1/#, sport/tennis/player1/ranking",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon",
        "sport/#, sport",
        "#, sport/tennis",
        "#, /",
        "sport/tennis/+, sport/tennis/player1",
        "sport/tennis/+, sport/tennis/player2",
        "sport/+, sport/",
        "+, finance",
        "+/tennis/#, sport/tennis",
        "+/tennis/#, sport/tennis/a/b",
        "sport/+/player1, sport/tennis/player1",
        "+/+, /finance",
        "/+, /finance",
        "$SYS/#, $SYS/broker",
        "$SYS/#, $SYS",
        "$SYS/monitor/+, $SYS/monitor/Clients",
        "$SYS/+/+, $SYS/monitor/Clients",
        "+/$SYS, a/$SYS",
        "a/#, a/$SYS",
        "Accounts payable, Accounts payable",
        "a//b, a//b",
        "a/+/b, a//b",
        "+/#, a",
        "+/+/#, a/",
        "\u20ac/+, \u20ac/\ud83d\udc26"
    })
    void matches(String filter, String topic) {
        assertThat(TopicFilter.of(filter).matches(topic)).isTrue();
    }

    @ParameterizedTest(name = "{0} does not match {1}")
    @DisplayName("(section 4.7.1) [MQTT-4.7.2-1] the standard's examples of what does not match")
    @CsvSource({
        "sport/tennis/+, sport/tennis/player1/ranking",
        "sport/+, sport",
        "+, /finance",
        "sport/tennis/player1/#, sport/tennis/player10",
        "sport/tennis/player1/#, sport/tennis",
        "#, $SYS/broker",
        "#, $SYS",
        "+/monitor/Clients, $SYS/monitor/Clients",
        "+, $SYS",
        "+/#, $SYS/a",
        "ACCOUNTS, Accounts",
        "/finance, finance",
        "finance, /finance",
        "a/b, a/b/",
        "a/b/, a/b",
        "a/+/#, a",
        "a, ab",
        "ab, a"
    })
    void does_not_match(String filter, String topic) {
        assertThat(TopicFilter.of(filter).matches(topic)).isFalse();
    }

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @DisplayName("(section 4.8.2) a shared subscription matches by the part after its group")
    @CsvSource({
        "$share/consumer1/sport/tennis/+, sport/tennis/player1, true",
        "$share/consumer1//finance, /finance, true",
        "$share/consumer1//finance, finance, false",
        "$share/g/#, a/b, true",
        "$share/g/#, $SYS/a, false",
        "$share/g/+, $SYS, false",
        "$share/g/$SYS/#, $SYS/a, true",
        "$share/g/a, $share/g/a, false"
    })
    void shared(String filter, String topic, boolean matches) {
        assertThat(TopicFilter.of(filter).matches(topic)).isEqualTo(matches);
    }

    @Test
    void parts_of_a_shared_subscription() {
        TopicFilter shared = TopicFilter.of("$share/group/a/+/#");
        assertThat(shared.isShared()).isTrue();
        assertThat(shared.shareName()).isEqualTo("group");
        assertThat(shared.matchText()).isEqualTo("a/+/#");
        assertThat(shared.text()).isEqualTo("$share/group/a/+/#");

        TopicFilter plain = TopicFilter.of("$shared/a");
        assertThat(plain.isShared()).isFalse();
        assertThat(plain.shareName()).isNull();
        assertThat(plain.matchText()).isEqualTo("$shared/a");
        // Without a slash it is an ordinary filter that begins with $.
        assertThat(TopicFilter.of("$share").isShared()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"a, false", "a/+, true", "+/a, true", "a/#, true", "#, true", "$share/g/a, false", "$share/g/+, true"})
    void has_wildcard(String filter, boolean wildcard) {
        assertThat(TopicFilter.of(filter).hasWildcard()).isEqualTo(wildcard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sport/tennis#", "sport/tennis/#/ranking", "#/", "##", "+#", "a/#b"})
    @DisplayName("[MQTT-4.7.1-1] # is the whole last level")
    void multi_level_wildcard(String filter) {
        assertThatThrownBy(() -> TopicFilter.of(filter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(filter)
                .hasMessageContaining("[MQTT-4.7.1-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sport+", "+a", "a/b+/c", "a/+b", "++"})
    @DisplayName("[MQTT-4.7.1-2] + is a whole level")
    void single_level_wildcard(String filter) {
        assertThatThrownBy(() -> TopicFilter.of(filter)).hasMessageContaining("[MQTT-4.7.1-2]");
    }

    @ParameterizedTest
    @CsvSource({
        "$share/g, [MQTT-4.8.2-2]",
        "$share/g/, [MQTT-4.8.2-2]",
        "$share//a, [MQTT-4.8.2-1]",
        "$share/, [MQTT-4.8.2-2]",
        "$share/g+/a, [MQTT-4.8.2-2]",
        "$share/#/a, [MQTT-4.8.2-2]",
        "$share/g/a#, [MQTT-4.7.1-1]"
    })
    @DisplayName("[MQTT-4.8.2-1] [MQTT-4.8.2-2] a shared subscription has a group without wildcards and a filter")
    void shared_subscription(String filter, String statement) {
        assertThatThrownBy(() -> TopicFilter.of(filter)).hasMessageContaining(statement);
    }

    @Test
    @DisplayName("[MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-4.7.3-3] 1 to 65,535 bytes of UTF-8 without U+0000")
    void text() {
        assertThatThrownBy(() -> TopicFilter.of("")).hasMessageContaining("[MQTT-4.7.3-1]");
        assertThatThrownBy(() -> TopicFilter.of("a\0")).hasMessageContaining("[MQTT-1.5.4-2]");
        assertThatThrownBy(() -> TopicFilter.of("a\ud800")).hasMessageContaining("[MQTT-1.5.4-1]");
        assertThat(TopicFilter.of("x".repeat(65_535)).matches("x".repeat(65_535)))
                .isTrue();
        assertThatThrownBy(() -> TopicFilter.of("x".repeat(65_536))).hasMessageContaining("[MQTT-4.7.3-3]");
    }

    @Test
    void equal_by_text() {
        assertThat(TopicFilter.of("a/+")).isEqualTo(TopicFilter.of("a/+")).hasSameHashCodeAs(TopicFilter.of("a/+"));
        assertThat(TopicFilter.of("a/+")).isNotEqualTo(TopicFilter.of("a/#"));
        assertThat(TopicFilter.of("a/+")).hasToString("a/+");
    }

    @Test
    void agrees_with_matching_level_by_level() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            String filter = levels(random, new String[] {"a", "b", "", "+", "$x"}, random.nextInt(3) == 0);
            String topic = levels(random, new String[] {"a", "b", "", "ab", "$x"}, false);
            if (!filter.isEmpty() && !topic.isEmpty()) {
                assertThat(TopicFilter.of(filter).matches(topic))
                        .as("'%s' and '%s'", filter, topic)
                        .isEqualTo(matchesByLevels(filter.split("/", -1), topic.split("/", -1)));
            }
        }
    }

    private static String levels(Random random, String[] words, boolean multi) {
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : "/").append(words[random.nextInt(words.length)]);
        }
        return multi ? text + "/#" : text.toString();
    }

    /** The rules of section 4.7 as plainly as they can be put. */
    private static boolean matchesByLevels(String[] filter, String[] topic) {
        if (topic[0].startsWith("$") && (filter[0].equals("+") || filter[0].equals("#"))) {
            return false;
        }
        for (int i = 0; i < filter.length; i++) {
            if (filter[i].equals("#")) {
                return true;
            }
            if (i >= topic.length || !filter[i].equals("+") && !filter[i].equals(topic[i])) {
                return false;
            } else if (i == topic.length - 1 && i == filter.length - 2 && filter[i + 1].equals("#")) {
                return true;
            }
        }
        return filter.length == topic.length;
    }
}
