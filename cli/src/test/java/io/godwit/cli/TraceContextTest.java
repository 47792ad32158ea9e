package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.tracing.TraceContext;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.UserProperty;
import io.godwit.testkit.SeenMessage;
import io.godwit.testkit.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trace that others have begun goes through the commands: in user properties and in the environment. */
@Timeout(120)
class TraceContextTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Map<String, String> TRACED = Map.of("TRACEPARENT", PARENT, "TRACESTATE", "a=1");
    private static final List<UserProperty> PROPERTIES =
            List.of(new UserProperty("traceparent", PARENT), new UserProperty("tracestate", "a=1"));

    @TempDir
    Path folder;

    @Test
    void pub_sends_the_context_of_its_caller() {
        try (TestBroker broker = TestBroker.start()) {
            Command.godwit(TRACED, "pub", "-L", broker.uri(), "-V", "5", "-t", "t", "-m", "x", "--trace-context")
                    .ends(0);

            SeenMessage seen = broker.awaitMessage(message -> message.topic().equals("t"), SOON);
            assertThat(seen.message().userProperties()).isEqualTo(PROPERTIES);
        }
    }

    @Test
    void without_a_context_or_the_option_nothing_is_added() {
        try (TestBroker broker = TestBroker.start()) {
            Command.godwit(
                            Map.of("TRACEPARENT", ""),
                            "pub",
                            "-L",
                            broker.uri(),
                            "-V",
                            "5",
                            "-t",
                            "a",
                            "-n",
                            "--trace-context")
                    .ends(0);
            Command.godwit(TRACED, "pub", "-L", broker.uri(), "-V", "5", "-t", "b", "-n")
                    .ends(0);

            assertThat(broker.awaitMessages(2, SOON))
                    .allSatisfy(
                            seen -> assertThat(seen.message().userProperties()).isEmpty());
        }
    }

    @Test
    void before_mqtt_5_and_for_an_invalid_context_it_is_a_usage_error() {
        assertThat(Command.godwit(TRACED, "pub", "-t", "t", "-n", "--trace-context")
                        .ends(2)
                        .errors())
                .contains("--trace-context needs MQTT 5: add -V 5");
        assertThat(Command.godwit(
                                Map.of("TRACEPARENT", "00-1-2-3"), "pub", "-V", "5", "-t", "t", "-n", "--trace-context")
                        .ends(2)
                        .errors())
                .contains("TRACEPARENT is '00-1-2-3': must be like");
    }

    @Test
    void a_request_has_the_context_and_so_has_its_answer() {
        try (TestBroker broker = TestBroker.start();
                Command reply = Command.godwit("reply", "-L", broker.uri(), "-t", "ask", "--echo")) {
            reply.awaitError("answering requests");

            String printed = Command.godwit(
                            TRACED,
                            "request",
                            "-L",
                            broker.uri(),
                            "-t",
                            "ask",
                            "-m",
                            "x",
                            "--trace-context",
                            "-F",
                            "%p %P")
                    .ends(0)
                    .output();

            assertThat(printed).isEqualTo("x traceparent:" + PARENT + " tracestate:a=1\n");
        }
    }

    @Test
    void sub_prints_the_context_and_gives_it_to_commands() throws Exception {
        Path seen = folder.resolve("seen");
        try (TestBroker broker = TestBroker.start();
                Command exec = Command.godwit(
                        "sub",
                        "-L",
                        broker.uri(),
                        "-i",
                        "exec",
                        "-V",
                        "5",
                        "-t",
                        "t",
                        "-C",
                        "1",
                        "--exec",
                        "echo $TRACEPARENT $TRACESTATE > " + seen);
                Command print = Command.godwit(
                        "sub", "-L", broker.uri(), "-i", "print", "-V", "5", "-t", "t", "-C", "1", "-F", "%j")) {
            broker.awaitSubscribed("exec", "t", SOON);
            broker.awaitSubscribed("print", "t", SOON);
            Command.godwit(TRACED, "pub", "-L", broker.uri(), "-V", "5", "-t", "t", "-m", "x", "--trace-context")
                    .ends(0);

            exec.ends(0);
            assertThat(Files.readString(seen)).isEqualTo(PARENT + " a=1\n");
            assertThat(print.ends(0).output())
                    .contains("\"user-properties\":{\"traceparent\":\"" + PARENT + "\",\"tracestate\":\"a=1\"}");
        }
    }

    @Test
    void the_context_crosses_a_bridge() throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.toml"), "[[topic]]\nfilter = \"#\"\n");
        try (TestBroker a = TestBroker.start();
                TestBroker b = TestBroker.start();
                Command bridge = Command.godwit(
                        "bridge",
                        a.uri(),
                        b.uri(),
                        "--rules",
                        rules.toString(),
                        "--store",
                        folder.resolve("store").toString())) {
            bridge.awaitError("is up");
            Command.godwit(TRACED, "pub", "-L", a.uri(), "-V", "5", "-t", "t", "-m", "x", "--trace-context")
                    .ends(0);

            SeenMessage crossed = b.awaitMessage(message -> message.topic().equals("t"), SOON);
            assertThat(crossed.message().userProperties()).containsAll(PROPERTIES);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "$(reboot)"
            })
    void a_message_with_an_invalid_context_has_none(String value) {
        assertThat(TraceContext.of(List.of(new UserProperty("traceparent", value))))
                .isNull();
    }

    @Test
    void the_context_of_a_message_is_replaced_and_the_rest_kept() {
        TraceContext context = new TraceContext(PARENT, null);
        Message before = Message.of("t", "x")
                .withUserProperty("a", "b")
                .withUserProperty("tracestate", "old")
                .withContentType("text/plain");

        Message after = before.withProperties(context.addTo(before.properties()));

        assertThat(after.contentType()).isEqualTo("text/plain");
        assertThat(after.userProperties())
                .containsExactly(new UserProperty("a", "b"), new UserProperty("traceparent", PARENT));
    }

    @Test
    void a_state_that_cannot_be_an_environment_variable_is_left_out() {
        List<UserProperty> properties =
                List.of(new UserProperty("traceparent", PARENT), new UserProperty("tracestate", "a\nb"));
        assertThat(TraceContext.of(properties)).isEqualTo(new TraceContext(PARENT, null));
        assertThatThrownBy(() -> TraceContext.of(name -> "x")).hasMessageContaining("TRACEPARENT is 'x'");
    }
}
