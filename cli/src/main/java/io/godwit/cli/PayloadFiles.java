package io.godwit.cli;

import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that payloads are written to: a folder for each level of the topic, in it a number behind a plus sign, which no
 * level begins with. Numbers go on where those of an earlier run have ended, so that none of its files is overwritten.
 */
final class PayloadFiles {
    private static final Pattern FILE = Pattern.compile("\\+([0-9]{8,18})");

    /** Characters of a level and of all levels; file systems allow 255 and some thousands. */
    private static final int LONGEST_LEVEL = 200;

    private static final int LONGEST_TOPIC = 1_000;
    private static final int BEGINNING = 100;

    // The handler's thread only.
    private final Path folder;
    private long number = -1;

    PayloadFiles(Path folder) {
        this.folder = folder;
    }

    void write(Message message) throws IOException {
        Path topic = folder.resolve(folderOf(message.topic()));
        Files.createDirectories(topic);
        if (number < 0) {
            number = highest();
        }
        while (true) {
            number++;
            try {
                Files.write(
                        topic.resolve(String.format(Locale.ROOT, "+%08d", number)),
                        message.payload(),
                        StandardOpenOption.CREATE_NEW);
                return;
            } catch (FileAlreadyExistsException e) {
                // another process writes into the folder
            }
        }
    }

    private long highest() throws IOException {
        long highest = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Iterator<Path> each = files.iterator(); each.hasNext(); ) {
                Matcher file = FILE.matcher(String.valueOf(each.next().getFileName()));
                if (file.matches()) {
                    highest = Math.max(highest, Long.parseLong(file.group(1)));
                }
            }
        }
        return highest;
    }

    /** The folder of a topic, relative to that of all: never above it, never hidden, and unique. */
    static String folderOf(String topic) {
        StringBuilder path = new StringBuilder();
        for (String level : topic.split("/", -1)) {
            String name = name(level);
            path.append(path.isEmpty() ? "" : "/").append(name.length() > LONGEST_LEVEL ? shortened(name) : name);
        }
        return path.length() > LONGEST_TOPIC ? shortened(name(topic)) : path.toString();
    }

    /** A file name for a level: all bytes but those of letters, digits, minus, underscore and dot as %XX. */
    private static String name(String level) {
        StringBuilder name = new StringBuilder();
        for (byte b : level.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.' && !name.isEmpty();
            name.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return name.isEmpty() ? "%" : name.toString();
    }

    /** Its beginning, and a hash behind an equals sign, which no other name contains. */
    private static String shortened(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.US_ASCII));
            return name.substring(0, BEGINNING) + "=" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible); // each Java has it
        }
    }
}
