package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Programs;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tree in a real terminal: what it shows, and what the keys do. */
@DisplayName("godwit top")
class TopTest {
    @TempDir
    Path folder;

    private TerminalWindow top(String address) throws Exception {
        return TerminalWindow.running(folder, Map.of(), Command.java(List.of("top", address, "-t", "#")));
    }

    private static void retain(MqttClient client, String topic, String payload) {
        client.publish(Message.of(topic, payload).withRetain(true));
    }

    @Test
    void arrows_move_open_and_close_and_q_quits() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            retain(client, "office/light", "dim");
            retain(client, "plant/boiler/temp", "21.5");
            retain(client, "plant/pump", "on");
            try (TerminalWindow window = top(broker.uri())) {
                window.awaitScreen("3 topics").awaitScreen("connected");
                sortByName(window);
                window.awaitScreen("> ▸ office");

                window.press("Down").awaitScreen("> ▸ plant");
                window.press("Right").awaitScreen("> ▾ plant").awaitScreen("▸ boiler");
                window.press("Down").press("Down").awaitScreen(" plant/pump QoS 1 retained 2 bytes: on");
                window.press("Left").awaitScreen("> ▾ plant");
                window.press("Left").awaitScreen("> ▸ plant");
                assertThat(window.screen()).doesNotContain("boiler");

                window.type("q").awaitScreen("ended with 0");
            }
        }
    }

    /** The orders follow each other; the one by name is the only one that begins upwards. */
    private static void sortByName(TerminalWindow window) {
        for (String order : List.of("byte rate", "count", "bytes", "topics", "time", "name")) {
            window.type("s").awaitScreen("sorted by " + order);
        }
        window.awaitScreen("sorted by name ↑");
    }

    @Test
    void a_filter_follows_each_letter_until_it_is_given_up() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            retain(client, "office/light", "dim");
            retain(client, "plant/pump", "on");
            try (TerminalWindow window = top(broker.uri())) {
                window.awaitScreen("office").awaitScreen("plant");

                window.type("/").awaitScreen("filter: ");
                window.type("pumx").awaitScreen("filter: pumx");
                window.press("BSpace").type("p").awaitScreen("filter: pump").awaitScreen("plant");
                assertThat(window.screen()).doesNotContain("office");
                window.press("Enter").awaitScreen("filter pump").awaitScreen("q quit");

                window.press("Escape").awaitScreen("office");
                window.press("C-c").awaitScreen("ended with 0");
            }
        }
    }

    @Test
    void while_it_is_paused_nothing_changes() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            retain(client, "plant/pump", "on");
            try (TerminalWindow window = top(broker.uri())) {
                window.awaitScreen("1 topics");

                window.press("Space").awaitScreen("paused: Space goes on");
                retain(client, "office/light", "dim");
                assertThat(window.screen()).doesNotContain("office");

                window.press("Space").awaitScreen("office").awaitScreen("2 topics");
                window.type("q").awaitScreen("ended with 0");
            }
        }
    }

    @Test
    void what_a_topic_does_to_terminals_is_shown_and_not_done() throws Exception {
        try (TestBroker broker = TestBroker.start();
                MqttClient client = MqttClient.connect(broker.uri())) {
            retain(client, "plant", "\u001b[2J\u001b]0;title\u0007gone");
            try (TerminalWindow window = top(broker.uri())) {
                window.awaitScreen("plant").awaitScreen("[2J");

                window.type("q").awaitScreen("ended with 0");
            }
        }
    }

    @Test
    void a_broker_that_does_not_answer_is_explained() throws Exception {
        int port = Programs.freePort();
        try (TerminalWindow window = top("127.0.0.1:" + port)) {
            window.awaitScreen("! ").awaitScreen("on the broker's machine");

            window.type("q").awaitScreen("ended with 0");
        }
    }
}
