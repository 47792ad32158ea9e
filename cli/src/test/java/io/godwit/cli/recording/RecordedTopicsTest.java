package io.godwit.cli.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedTopicsTest {
    @ParameterizedTest
    @CsvSource({
        "home, test,       home,        test",
        "home, test/x,     home/a/b,    test/x/a/b",
        "home, test,       homes/a,     homes/a",
        "home/, test/,     home/a,      test/a"
    })
    void topics_move_with_what_is_below_them(String from, String to, String topic, String result) {
        assertThat(TopicRewrite.moved(from, to).apply(topic)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({
        "s/a/b/,           a/a,         b/a",
        "s/a/b/g,          a/a,         b/b",
        "s|^a/(.*)|$1/b|,  a/x/y,       x/y/b",
        "s/x/y/,           a,           a"
    })
    void topics_are_rewritten_as_sed_does(String substitution, String topic, String result) {
        assertThat(TopicRewrite.substitution(substitution).apply(topic)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({"a/b", "s/a/b", "s//b/", "s/a/b/x", "s/(/b/", "s/a/$1/"})
    void what_is_no_substitution_is_refused(String substitution) {
        assertThatThrownBy(() -> TopicRewrite.substitution(substitution).apply("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--rewrite '" + substitution + "'");
    }

    @Test
    void a_tree_shows_topics_by_their_levels() {
        TopicTree tree = new TopicTree();
        tree.put("home/hall/light", "= on");
        tree.put("home/hall", "= 1");
        tree.put("home/attic", "= 2");
        tree.put("/x", "= 3");

        assertThat(String.join("\n", tree.lines(level -> level)))
                .isEqualTo("(empty)\n└── x = 3\nhome\n├── attic = 2\n└── hall = 1\n    └── light = on");
    }
}
