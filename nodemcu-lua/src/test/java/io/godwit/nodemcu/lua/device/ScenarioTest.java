package io.godwit.nodemcu.lua.device;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.checks.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dht.4.temprature = 21|day.txt:2: unknown sensor 'dht.4.temprature': did you mean dht.4.temperature?",
                "humidity = 21|day.txt:2: unknown sensor 'humidity': must be one of adc.CHANNEL",
                "ow.28ff641e8c160450 = 21|day.txt:2: wrong checksum in ROM code '28ff641e8c160450': "
                        + "must be ow.28ff641e8c160495, or leave it out: ow.28ff641e8c1604",
                "every 0s press gpio.3|day.txt:2: '0s' would never let time pass: must be at least 1ms",
                "adc.0 = walk 1..5 every 0s|day.txt:2: '0s' would never let time pass: must be at least 1ms",
                "adc.0 = sine 1..5 perod 1m|day.txt:2: invalid signal 'sine 1..5 perod 1m': must be a number",
                "adc.0 = constant|day.txt:2: invalid signal 'constant': must be a number",
                "adc.0 = 5..1|day.txt:2: invalid signal '5..1'",
                "adc.0 = sine 5..1|day.txt:2: invalid range '5..1': the first number must be the smaller one",
                "at 10x reboot|day.txt:2: '10x' is not a duration: must be like 200ms, 10s, 5m, 2h or 1d",
                "at 10s|day.txt:2: incomplete line 'at 10s': must be  at 10s EVENT",
                "gpio.3 = 2|day.txt:2: invalid level '2': must be 0 or 1",
                "gpio.99 = 1|day.txt:2: invalid pin 99: must be 0 to 48",
                "wifi ip 300.1.1.1|day.txt:2: invalid address '300.1.1.1'",
                "http api.example/x = 200|day.txt:2: invalid URL 'api.example/x'",
                "http http://api.example/x = 2000|day.txt:2: invalid line",
                "reset now|day.txt:2: unknown line 'reset now': must be a sensor"
            })
    void an_invalid_line_is_an_error_with_its_place_and_what_would_be_right(String line, String message) {
        List<String> lines = List.of("# comment", line);

        assertThatThrownBy(() -> Scenario.parse(lines, Path.of("."), "day.txt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void the_scenario_of_the_guide_is_accepted(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("temps.csv"), "time,celsius\n0,21.5\n60,22\n");
        Files.writeString(folder.resolve("answer.json"), "{}");
        List<String> lines = Documents.block("docs/nodemcu.md", "A scenario", "text")
                .text()
                .lines()
                .toList();

        assertThatCode(() -> Scenario.parse(lines, folder, "day.txt")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dht.4 = none",
                "sensors = none",
                "bme280 = none",
                "ow = none",
                "adc.0 = none",
                "ow.28ff641e8c1604 = 21",
                "ow.28FF641E8C160495 = 21",
                "at 10s dht.4.temperature = -0.5",
                "every 1m press gpio.3 for 200ms",
                "wifi  lost",
                "wifi ssid my home",
                "wifi password secret",
                "wifi ip 192.168.1.20",
                "http GET http://api.example/* = 200 {\"a\":1}",
                "http * = 404",
                "serial hello\\n"
            })
    void a_valid_line_is_accepted(String line) {
        assertThatCode(() -> Scenario.parse(List.of(line), Path.of("."), "day.txt"))
                .doesNotThrowAnyException();
    }

    @Test
    void a_name_of_any_length_is_refused_with_its_line() {
        List<String> lines = List.of("adc.0 = 5", "a.".repeat(20_000) + "b = 5");

        assertThatThrownBy(() -> Scenario.parse(lines, Path.of("."), "day.txt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("day.txt:2: unknown sensor");
    }

    @Test
    void a_file_that_is_no_text_is_refused(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("day.txt"), new byte[] {'a', (byte) 0xC3, '\n'});

        assertThatThrownBy(() -> Scenario.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": the file is not UTF-8 text");
    }
}
