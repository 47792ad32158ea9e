package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.lua.device.BootReason;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.testkit.BrokerJournal;
import io.godwit.testkit.SeenMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder under {@code scripts} is a device: it runs for 70 seconds of virtual time, and what it printed and published
 * must be what {@code expected.txt} says. {@code -Dtranscripts.write=true} rewrites the files, for review.
 */
class TranscriptTest {

    private static final Path SCRIPTS = Path.of("src/test/resources/scripts");

    static Stream<Arguments> devices() throws IOException {
        try (Stream<Path> folders = Files.list(SCRIPTS)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream()
                    .flatMap(name -> Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                            .map(version -> Arguments.of(name, version)));
        }
    }

    @ParameterizedTest(name = "{0}, MQTT {1}")
    @MethodSource("devices")
    void runs_unchanged(String name, ProtocolVersion version) throws Exception {
        Path expected = SCRIPTS.resolve(name).resolve("expected.txt");
        List<String> transcript = transcript(SCRIPTS.resolve(name), version, Duration.ofSeconds(70), 1);
        if (Boolean.getBoolean("transcripts.write")) {
            Files.write(expected, transcript);
        }
        assertThat(transcript).isEqualTo(Files.readAllLines(expected));
    }

    @Test
    void a_day_repeats_exactly_with_a_seed() throws Exception {
        Path sensor = SCRIPTS.resolve("sensor");
        List<String> day = transcript(sensor, ProtocolVersion.V3_1_1, Duration.ofDays(1), 42);
        assertThat(day.stream().filter(line -> line.contains("> home/kitchen/temperature")))
                .hasSizeGreaterThan(8_600);
        assertThat(transcript(sensor, ProtocolVersion.V3_1_1, Duration.ofDays(1), 42))
                .isEqualTo(day);
    }

    private static List<String> transcript(Path folder, ProtocolVersion version, Duration time, long seed)
            throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        DeviceListener listener = new DeviceListener() {
            @Override
            public void printed(Device device, byte[] line) {
                lines.add(new String(line, StandardCharsets.UTF_8));
            }

            @Override
            public void failed(Device device, LuaError error) {
                lines.addAll(("Lua error: " + error.traceback()).lines().toList());
            }

            @Override
            public void booted(Device device, BootReason reason) {
                lines.add("-- boot: " + reason);
            }
        };
        Path scenario = folder.resolve("scenario.txt");
        BrokerJournal journal = new BrokerJournal();
        HostOptions options = HostOptions.of(folder)
                .virtual(true)
                .brokerListener(journal)
                .seed(seed)
                .scenario(Files.exists(scenario) ? scenario : null)
                .mqtt(MqttSettings.defaults().withVersion(version));
        try (Host host = Host.start(options, listener)) {
            host.run(time);
            for (SeenMessage message : journal.messages()) {
                lines.add("> " + message.topic() + " " + message.text().replace("\n", "\\n")
                        + (message.message().retain() ? " (retained)" : ""));
            }
            assertThat(journal.violations()).isEmpty();
            return lines;
        }
    }
}
