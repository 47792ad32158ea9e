package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loading the library beside the options changes nothing but the time: a log that is asked for is written, wherever it is asked for. */
class PreloadTest {
    private static final String LOGGED = "INFO MqttClient - ";

    @TempDir
    Path folder;

    /** What pub with these options writes on standard error, with this in the file of options for {@code name}. */
    private String errors(String name, String configuration, String... options) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("godwit")).resolve(name), configuration);
        try (TestBroker broker = TestBroker.start()) {
            List<String> words = new ArrayList<>(List.of("pub", "-h", broker.uri(), "-t", "t", "-m", "x"));
            words.addAll(List.of(options));
            Command pub = Command.godwit(Map.of("XDG_CONFIG_HOME", folder.toString()), words.toArray(String[]::new));
            return pub.ends(0).errors();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-d", "-rd", "--debug"})
    void a_typed_option_turns_the_log_on(String option) throws IOException {
        assertThat(errors("other", "", option)).contains(LOGGED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "pub"})
    void so_does_one_in_a_file(String name) throws IOException {
        assertThat(errors(name, "# all of it\n  -d\n")).contains(LOGGED);
    }

    @Test
    void so_does_one_in_a_file_that_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("named"), "--debug\n");

        assertThat(errors("all", "", "-o", file.toString())).contains(LOGGED);
    }

    @Test
    void without_it_nothing_is_written() throws IOException {
        assertThat(errors("all", "-k 30\n")).isEmpty();
    }
}
