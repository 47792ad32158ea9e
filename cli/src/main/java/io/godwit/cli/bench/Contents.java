package io.godwit.cli.bench;

import io.godwit.cli.fleet.Template;
import io.godwit.web.recording.RecordedMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Payloads of the user's own in place of random bytes: made from a template, or given, in turn.
 *
 * @param template of all payloads; null: they are given
 * @param given in their order; empty with a template
 * @param text what they are, for people
 */
public record Contents(@Nullable Template template, List<byte[]> given, String text) {
    private static final int MOST_PAYLOADS = 1_000_000;

    /**
     * Payloads from a template, whose values are in double braces.
     *
     * @param columns of the identities
     * @throws IllegalArgumentException if a value is unknown
     */
    public static Contents template(String text, Set<String> columns) {
        return new Contents(Template.inBraces(text, columns), List.of(), "'" + text + "'");
    }

    /**
     * The bytes of a file, of all files of a folder by their names, or the payloads of a recording, which ends in {@code .jsonl}.
     *
     * @throws IllegalArgumentException if it cannot be read, is empty or too large
     */
    public static Contents file(Path file) {
        try {
            List<byte[]> payloads = new ArrayList<>();
            if (Files.isDirectory(file)) {
                try (Stream<Path> entries = Files.list(file)) {
                    for (Path entry :
                            entries.filter(Files::isRegularFile).sorted().toList()) {
                        add(Files.readAllBytes(entry), payloads, file);
                    }
                }
            } else if (file.toString().endsWith(".jsonl")) {
                int number = 0;
                for (String line : Files.readAllLines(file)) {
                    number++;
                    if (!line.isBlank()) {
                        add(recorded(file, number, line), payloads, file);
                    }
                }
            } else {
                add(Files.readAllBytes(file), payloads, file);
            }
            if (payloads.isEmpty()) {
                throw new IllegalArgumentException("'" + file + "' has no payloads");
            }
            return new Contents(null, List.copyOf(payloads), payloads.size() + " of " + file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read '" + file + "': " + e.getMessage(), e);
        }
    }

    private static void add(byte[] payload, List<byte[]> payloads, Path file) {
        payloads.add(payload);
        if (payloads.size() > MOST_PAYLOADS) {
            throw new IllegalArgumentException("'" + file + "' has too many payloads: at most " + MOST_PAYLOADS);
        }
    }

    private static byte[] recorded(Path file, int number, String line) {
        try {
            return RecordedMessage.parse(line).message().payload();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", line " + number + ": " + e.getMessage(), e);
        }
    }

    /** How long they are; of a template roughly. */
    public PayloadSizes sizes() {
        Template made = template;
        if (made != null) {
            int length = made.toString().getBytes(StandardCharsets.UTF_8).length;
            return new PayloadSizes(length, length);
        }
        return new PayloadSizes(
                given.stream().mapToInt(each -> each.length).min().orElse(0),
                given.stream().mapToInt(each -> each.length).max().orElse(0));
    }

    /** The payload of a message, counted from 0. */
    byte[] payload(long message, Template.Values values) {
        Template made = template;
        return made != null
                ? made.fill(values).getBytes(StandardCharsets.UTF_8)
                : given.get((int) (message % given.size()));
    }
}
