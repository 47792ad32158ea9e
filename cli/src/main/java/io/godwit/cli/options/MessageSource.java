package io.godwit.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -m} and {@code -f}: the payload of a message; a group of which one is given. */
public class MessageSource {
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

    /** The payload, or null if neither was given. */
    public byte @Nullable [] given() throws IOException {
        if (text != null) {
            return RawText.bytes(text);
        }
        return file != null ? Files.readAllBytes(file) : null;
    }
}
