package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.WarningType;
import io.godwit.testkit.ScriptedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts may expect of the {@code mqtt} module when a call is refused. */
class MqttCasesTest {

    @TempDir
    Path folder;

    @ParameterizedTest(name = "MQTT {0}")
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"V3_1", "V3_1_1"})
    @DisplayName("P13 P14: a refused call does not take the function of the call before it")
    void a_refused_call_does_not_take_the_function_of_the_one_before(ProtocolVersion version) {
        ScriptRun run = ScriptRun.of(
                folder,
                """
                m = mqtt.Client("case-06", 30)
                m:connect("b", 1883, 0, function(c)
                  print("first", c:publish("c6/a", "1", 1, 0, function() print("first acked") end))
                  print("refused", c:publish("c6/#", "2", 1, 0, function() print("second acked") end))
                  print("sub", c:subscribe("c6/a", 1, function() print("subscribed") end))
                  print("refused", c:subscribe("a#b", 1, function() print("never") end))
                  print("unsub", c:unsubscribe("c6/a", function() print("unsubscribed") end))
                  print("refused", c:unsubscribe("a#b", function() print("never") end))
                end)
                """,
                Duration.ofSeconds(5),
                options -> options.mqtt(MqttSettings.defaults().withVersion(version)));

        assertThat(run.errors).isEmpty();
        assertThat(run.printed)
                .startsWith(
                        "first\ttrue", "refused\tfalse", "sub\ttrue", "refused\tfalse", "unsub\ttrue", "refused\tfalse")
                .contains("first acked", "subscribed", "unsubscribed")
                .doesNotContain("second acked", "never");
    }

    @Test
    @DisplayName("P14: a partly refused table of topics does not call the function")
    void a_partly_refused_table_does_not_call_the_function() {
        // 3.1 has no code for a refused subscription.
        ProtocolVersion version = ProtocolVersion.V3_1_1;
        try (ScriptedBroker broker = ScriptedBroker.start(script -> script.accept(version)
                .expect(PacketType.SUBSCRIBE, version)
                .send("90 04 00 01 00 80 30 03 00 01 61")
                .stall())) {
            ScriptRun run = ScriptRun.of(
                    folder,
                    """
                    m = mqtt.Client("case-15", 30)
                    m:on("message", function() print("message") end)
                    m:connect("b", 1883, 0, function(c)
                      c:subscribe({["a"] = 0, ["b"] = 0}, function() print("called although one was refused") end)
                    end)
                    """,
                    Duration.ofSeconds(2),
                    options -> options.virtual(false)
                            .mqtt(MqttSettings.defaults().withVersion(version))
                            .brokerAt("127.0.0.1", broker.port()));

            assertThat(run.printed).containsExactly("message");
        }
    }

    @Test
    @DisplayName("P4: ca_cert is PEM text or a file in the flash, never a path of the host")
    void a_path_of_the_host_is_no_certificate(@TempDir Path outside) throws IOException {
        Path secret = Files.writeString(outside.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n");
        ScriptRun run = ScriptRun.of(folder, """
                local function try(secure)
                  print(pcall(function() return mqtt.Client("case-14", 30):connect("b", 8883, secure) end))
                end
                try({ca_cert = "%1$s"}) try({client_cert = "%1$s", client_key = "%1$s"}) try({ca_cert = ""})
                try({ca_cert = "init.lua"})
                """.formatted(secret), Duration.ofSeconds(2));

        assertThat(run.printed)
                .hasSize(4)
                .allMatch(line -> line.startsWith("false"))
                .anyMatch(line -> line.contains("ca_cert is neither PEM text nor the name of a file in the flash"))
                .anyMatch(line -> line.contains("ca_cert is not PEM text"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "{}", "{ca_cert = '-----BEGIN CERTIFICATE-----'}"})
    @DisplayName("P4: TLS with an mqtt:// address is an error, and nothing is sent as plain text")
    void tls_with_an_address_without_it_is_an_error(String secure) {
        ScriptRun run = ScriptRun.of(folder, """
                local m = mqtt.Client("x", 30)
                print(pcall(function() m:connect("mqtt://b", nil, %s, function() print("connected") end) end))
                print(m:close())
                """.formatted(secure), Duration.ofSeconds(2));

        assertThat(run.printed).hasSize(2);
        assertThat(run.printed.get(0)).startsWith("false").endsWith("secure on/off determined by uri");
        assertThat(run.printed.get(1)).isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'mqtts://b', nil, {}",
                "'mqtts://b', nil, true",
                "'mqtts://b'",
                "'mqtt://b', nil, false",
                "'mqtt://b'"
            })
    @DisplayName("P4: an address and a value of secure that agree are accepted")
    void an_address_and_secure_that_agree_are_accepted(String arguments) {
        ScriptRun run = ScriptRun.of(
                folder,
                "print(mqtt.Client('x', 30):connect(" + arguments + ", function() end))",
                Duration.ofSeconds(2));

        assertThat(run.printed).containsExactly("true");
    }

    @Test
    void a_refused_connect_lets_go_of_its_functions() {
        ScriptRun run = ScriptRun.of(
                folder,
                """
                local m = mqtt.Client("longer-than-the-23-bytes-of-3.1", 30)
                for i = 1, 20000 do
                  m:connect("b", 1883, 0, function() return i end, function() return i end)
                end
                print("done")
                """,
                Duration.ofSeconds(2),
                options -> options.mqtt(MqttSettings.defaults().withVersion(ProtocolVersion.V3_1)));

        assertThat(run.errors).isEmpty();
        assertThat(run.printed).containsExactly("done");
    }

    @Test
    void an_empty_table_for_secure_warns_that_nothing_is_verified() {
        ScriptRun run = ScriptRun.of(
                folder, "mqtt.Client('x', 30):connect('b', 8883, {}, function() end)", Duration.ofSeconds(2));

        assertThat(run.warnings)
                .anyMatch(warning -> warning.type() == WarningType.TLS_UNVERIFIED
                        && warning.text().startsWith("init.lua:1: "));
    }
}
