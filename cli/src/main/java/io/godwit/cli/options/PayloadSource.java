package io.godwit.cli.options;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the payload of a message comes from; a group of options of which one is given. */
public class PayloadSource {
    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "The message.")
    private @Nullable String text;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Send the contents of a file.")
    private @Nullable Path file;

    @Option(
            names = {"-s", "--stdin-file"},
            description = "Send all of standard input as one message.")
    private boolean input;

    @Option(
            names = {"-n", "--null-message"},
            description = "Send a message without payload.")
    private boolean empty;

    /**
     * The payload; reads it where it lies.
     *
     * @throws IllegalArgumentException when none of the options was given
     */
    public final byte[] bytes() throws IOException {
        if (text != null) {
            return text.getBytes(StandardCharsets.UTF_8);
        } else if (file != null) {
            return Files.readAllBytes(file);
        } else if (input) {
            return System.in.readAllBytes();
        } else if (empty) {
            return new byte[0];
        }
        throw new IllegalArgumentException("no message is named: -m TEXT, -f FILE, -s or -n");
    }
}
