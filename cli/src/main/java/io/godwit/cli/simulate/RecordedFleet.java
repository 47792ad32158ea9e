package io.godwit.cli.simulate;

import io.godwit.web.recording.RecordedMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Divides a recording of {@code godwit record} into devices, by the topic level that names them. */
final class RecordedFleet {

    private RecordedFleet() {}

    /**
     * Reads a recording.
     *
     * @param level the topic level that names the device, from 1; null for the first level that differs
     * @throws IllegalArgumentException if the file has no messages or no topic has that level
     */
    static List<FleetPlan.RecordedDevice> read(Path file, @Nullable Integer level) throws IOException {
        List<RecordedMessage> messages = messages(file);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException(file + ": no messages");
        }
        int index = level == null ? firstDifference(messages) : level - 1;
        Map<String, List<RecordedMessage>> byDevice = new LinkedHashMap<>();
        Duration length = Duration.ZERO;
        for (RecordedMessage message : messages) {
            String[] levels = message.message().topic().split("/", -1);
            if (levels.length > index) {
                byDevice.computeIfAbsent(levels[index], name -> new ArrayList<>())
                        .add(message);
            }
            length = message.at().compareTo(length) > 0 ? message.at() : length;
        }
        if (byDevice.isEmpty()) {
            throw new IllegalArgumentException(file + ": no topic has a level " + (index + 1));
        }
        // The pause between the last message and the next round: what lies between two messages on average.
        Duration whole =
                length.plus(length.dividedBy(Math.max(1, messages.size() - 1))).plusMillis(1);
        List<FleetPlan.RecordedDevice> devices = new ArrayList<>();
        byDevice.forEach(
                (name, own) -> devices.add(new FleetPlan.RecordedDevice(name, index, List.copyOf(own), whole)));
        return devices;
    }

    private static List<RecordedMessage> messages(Path file) throws IOException {
        List<RecordedMessage> messages = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                try {
                    if (!line.isBlank()) {
                        messages.add(RecordedMessage.parse(line));
                    }
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
                }
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": the file is not UTF-8 text, after line " + messages.size(), e);
        }
        return messages;
    }

    private static int firstDifference(List<RecordedMessage> messages) {
        for (int index = 0; index < 64; index++) {
            Set<String> names = new HashSet<>();
            for (RecordedMessage message : messages) {
                String[] levels = message.message().topic().split("/", -1);
                if (levels.length > index) {
                    names.add(levels[index]);
                }
            }
            if (names.size() > 1) {
                return index;
            }
            if (names.isEmpty()) {
                break;
            }
        }
        return 0;
    }
}
