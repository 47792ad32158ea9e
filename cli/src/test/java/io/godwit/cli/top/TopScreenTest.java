package io.godwit.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.web.decode.Decoding;
import io.godwit.web.model.MemoryBudget;
import io.godwit.web.model.TopicTree;
import io.godwit.web.source.Source;
import io.godwit.web.source.SourceState;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopScreenTest {
    private static final long NOW = 1_764_000_000_000L;

    private final TopicTree tree = new TopicTree(new MemoryBudget(16 << 20));
    private final TopScreen screen = new TopScreen(new Filled(), Decoding.usual());

    private final class Filled implements Source {
        @Override
        public TopicTree tree() {
            return tree;
        }

        @Override
        public Info info() {
            return new Info("test", "mqtt://test", false, null, List.of("#"), SourceState.CONNECTED, null, null, null);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < 100; i++) {
            tree.add(Message.of("busy/a", "x" + i), NOW);
        }
        tree.add(Message.of("calm/b", "{\"t\": \"\u001b[31m1\"}"), NOW);
    }

    @Test
    void who_floods_is_at_the_top() {
        List<String> lines = lines();

        assertThat(lines.get(0)).contains("mqtt://test", "connected", "2 topics", "sorted by rate ↓");
        assertThat(lines.get(3)).startsWith("> ▸ busy").contains(" 30.0 ", "  100 ", "1 topics");
        assertThat(lines.get(4)).startsWith("  ▸ calm");
    }

    @Test
    void arrows_move_open_and_close() {
        lines();
        press(TopKey.DOWN);
        press(TopKey.OPEN);
        press(TopKey.DOWN);

        assertThat(lines().get(4)).startsWith("  ▾ calm");
        assertThat(lines().get(5)).startsWith(">     b");
        press(TopKey.CLOSE);
        assertThat(lines().get(4)).startsWith("> ▾ calm");
        press(TopKey.CLOSE);
        assertThat(lines().get(4)).startsWith("> ▸ calm");
    }

    @Test
    void a_payload_cannot_change_the_terminal() {
        screen.filter("calm");

        assertThat(lines()).anyMatch(line -> line.contains("b ")).noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void the_order_goes_round() {
        screen.press(TopKey.SORT, NOW);
        assertThat(lines().get(0)).contains("sorted by byte rate ↓");
        for (int i = 0; i < 5; i++) {
            screen.press(TopKey.SORT, NOW);
        }
        assertThat(lines().get(0)).contains("sorted by name ↑");
        screen.press(TopKey.REVERSE, NOW);
        assertThat(lines().get(3)).startsWith("> ▸ calm");
    }

    @Test
    void a_pause_holds_the_screen() {
        List<String> before = lines();
        screen.press(TopKey.PAUSE, NOW);
        tree.add(Message.of("new", "x"), NOW);

        List<String> held = lines();
        int last = held.size() - 1;
        assertThat(held.subList(0, last)).isEqualTo(before.subList(0, last));
        assertThat(held.get(last)).isEqualTo("paused: Space goes on");
        screen.press(TopKey.PAUSE, NOW);
        assertThat(lines().subList(0, last)).isNotEqualTo(before.subList(0, last));
    }

    @Test
    void the_lines_fit_the_screen() {
        List<String> lines = screen.lines(60, 12, NOW);

        assertThat(lines).hasSize(12).allMatch(line -> line.length() <= 60);
        assertThat(screen.press(TopKey.QUIT, NOW)).isFalse();
    }

    /** As the terminal does: the screen is drawn after each key. */
    private void press(TopKey key) {
        screen.press(key, NOW + 1_000);
        lines();
    }

    private List<String> lines() {
        return screen.lines(120, 20, NOW + 1_000);
    }
}
