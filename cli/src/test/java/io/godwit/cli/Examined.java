package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.cli.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What {@code godwit doctor} said, and its exit code. It ran inside this JVM, without configuration files. */
record Examined(int exitCode, String output, String errors) {
    /** @param line the arguments behind {@code doctor}, divided by blanks */
    static Examined doctor(String line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false, false);
        List<String> words = new ArrayList<>(List.of("doctor"));
        words.addAll(List.of(line.split(" ")));
        int code = Main.commandLine(terminal, List.of("doctor")).execute(words.toArray(String[]::new));
        return new Examined(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Examined ends(int code) {
        assertThat(exitCode).as(output + errors).isEqualTo(code);
        return this;
    }

    /** Each of these lines stands in the output, wherever times and names may stand behind them. */
    Examined says(String... lines) {
        for (String line : lines) {
            assertThat(output).contains(line);
        }
        return this;
    }

    Examined doesNotSay(String text) {
        assertThat(output + errors).doesNotContain(text);
        return this;
    }

    /** The value of the first field with this name in the JSON line. */
    String field(String name) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(output)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME && json.currentName().equals(name)) {
                    json.nextToken();
                    return json.getText();
                }
            }
        }
        throw new AssertionError("no field " + name + " in " + output);
    }
}
