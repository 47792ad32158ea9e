package io.godwit.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.checks.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetFileTest {

    private static final String PUBLISH = "publish: [{topic: a, every: 1s}]\n";

    @TempDir
    Path folder;

    private FleetPlan read(String name, String text) throws IOException {
        return FleetFile.read(Files.writeString(folder.resolve(name), text));
    }

    @Test
    void the_file_of_the_guide_is_read() throws IOException {
        Files.writeString(folder.resolve("devices.csv"), "id,user,password\nhall,me,secret\nattic,you,other\n");
        Files.writeString(folder.resolve("day.jsonl"), "{\"at\":1,\"topic\":\"home/hall/temp\",\"payload\":\"21\"}\n");
        String yaml = Documents.block("docs/simulate.md", "The file", "yaml").text();

        FleetPlan plan = read("fleet.yaml", yaml);

        assertThat(plan.count()).isEqualTo(100);
        assertThat(plan.publications()).hasSize(1);
        assertThat(plan.identities()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "count: 3|nothing to do: must have publish, commands or recording",
                "cuont: 3|cuont: unknown name: must be one of count, ramp",
                "[1, 2]|must be a mapping of names to values",
                "publish: 5|publish: must be a list",
                "publish: [{every: 1s}]|publish[0].topic: missing",
                "publish: [{topic: a}]|publish[0].every: missing: must be a duration such as 10s",
                "publish: [{topic: a, every: 0s}]|publish[0].every: must be at least 1ms",
                "publish: [{topic: a, every: soon}]|publish[0].every: 'soon' is not a duration: must be like 200ms",
                "publish: [{topic: a, every: 1s, jitter: 2s}]|publish[0].jitter: must not be longer than every",
                "publish: [{topic: a, every: 1s, qos: 3}]|publish[0].qos: invalid number '3': must be 0 to 2",
                "publish: [{topic: a, every: 1s, retain: 7}]|publish[0].retain: invalid '7': must be true or false",
                "publish: [{topic: \"${name}\", every: 1s}]|publish[0].topic: unknown value '${name}': must be id, index",
                "publish: [{topic: a, payload: \"${random 5..1}\", every: 1s}]|publish[0].payload: unknown value '${random 5..1}'",
                "commands: [{topic: \"a/${counter}\"}]|'a/${counter}': ${counter} is only known for a message",
                "faults: {skip: 120%}|faults.skip: invalid share '120%': must be 0% to 100%",
                "faults: {offline: {for: 1s}}|faults.offline.every: must be a duration of at least 1ms",
                "certificate: a.crt|certificate: certificate and key are both needed",
                "password: x|password: a password needs a username",
                "count: {|invalid YAML"
            })
    void a_mistake_is_an_error_with_its_place(String yaml, String message) {
        boolean alone = yaml.startsWith("publish")
                || yaml.startsWith("count")
                || yaml.startsWith("[")
                || yaml.startsWith("cuont");
        String text = alone ? yaml : PUBLISH + yaml;

        assertThatThrownBy(() -> read("fleet.yaml", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void identities_give_values_and_the_number_of_devices() throws Exception {
        Files.writeString(folder.resolve("devices.csv"), "id,password,room\nd1,\"a,\"\"b\",hall\nd2,secret,attic\n");

        FleetPlan plan =
                read("fleet.yaml", "identities: devices.csv\npublish: [{topic: 'home/${room}/${id}', every: 10s}]\n");

        assertThat(plan.size()).isEqualTo(2);
        assertThat(plan.identities().get(0)).containsEntry("password", "a,\"b").containsEntry("room", "hall");
        assertThat(plan.rate()).isEqualTo(0.1);
    }

    @Test
    void a_row_with_missing_cells_is_an_error_with_its_line() throws Exception {
        Files.writeString(folder.resolve("devices.csv"), "id,password\nd1\n");

        assertThatThrownBy(() -> read("fleet.yaml", "identities: devices.csv\n" + PUBLISH))
                .hasMessageContaining("devices.csv:2: 1 cells instead of 2, which are id, password");
    }

    @Test
    void a_recording_is_divided_by_the_first_level_that_differs() throws Exception {
        FleetPlan plan = read("day.jsonl", """
                {"at":0.0,"topic":"home/hall/t","qos":1,"payload":"21"}
                {"at":0.5,"topic":"home/attic/t","payload":"15"}
                {"at":1.0,"topic":"home/hall/t","payload":"22"}
                """);

        assertThat(plan.recorded()).extracting(FleetPlan.RecordedDevice::name).containsExactly("hall", "attic");
        assertThat(plan.recorded().get(0).messages()).hasSize(2);
        assertThat(plan.recorded().get(0).length()).isGreaterThan(Duration.ofSeconds(1));
        assertThat(plan.size()).isEqualTo(2);
        assertThat(plan.highestQos().level()).isEqualTo(1);
    }

    @Test
    void a_broken_recording_is_an_error_with_its_line() {
        assertThatThrownBy(() -> read("day.jsonl", "{\"topic\":\"a\"}\n{\"topic\":5}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("day.jsonl:2: ");
    }
}
