package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a device from outside, read from a file of lines:
 *
 * <pre>{@code
 * # what is attached
 * dht.4.temperature = walk 18..25 step 0.2 every 10s
 * adc.0 = sine 200..800 period 1m
 * bme280 = none
 * wifi ssid home
 * http GET http://api.example/time = 200 {"hour":7}
 * # events
 * at 30s press gpio.3 for 200ms
 * every 5m press gpio.3 for 200ms
 * at 60s wifi lost
 * at 80s wifi back
 * at 2m power off
 * }</pre>
 *
 * {@link ScenarioLine} lists what a line can say. Immutable; one scenario serves a fleet, each device with random signals
 * of its own.
 */
public final class Scenario {

    /** @param at null for what holds from the start */
    private record Step(@Nullable Duration at, boolean repeats, ScenarioLine.Action action) {}

    private final List<Step> steps;

    private Scenario(List<Step> steps) {
        this.steps = steps;
    }

    /** @throws IllegalArgumentException naming file and line of what is invalid, and what would be right */
    public static Scenario read(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": the file is not UTF-8 text", e);
        }
        return parse(lines, folder == null ? Path.of("") : folder, file.getFileName() + "");
    }

    /** Reads the lines of a scenario; files that they name are looked for in {@code folder}. */
    public static Scenario parse(List<String> lines, Path folder, String source) {
        List<Step> steps = new ArrayList<>();
        int number = 0;
        for (String line : lines) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            try {
                steps.add(step(text, folder));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(source + ":" + number + ": " + e.getMessage(), e);
            }
        }
        return new Scenario(List.copyOf(steps));
    }

    private static Step step(String text, Path folder) {
        String[] words = text.split("\\s+", 3);
        boolean once = words[0].equals("at");
        boolean repeats = words[0].equals("every");
        if (!once && !repeats) {
            return new Step(null, false, ScenarioLine.parse(text, folder));
        }
        if (words.length < 3) {
            throw new IllegalArgumentException("incomplete line '" + text + "': must be  " + words[0] + " 10s EVENT");
        }
        Duration when = repeats ? Durations.period(words[1]) : Durations.parse(words[1]);
        return new Step(when, repeats, ScenarioLine.parse(words[2].strip(), folder));
    }

    /** Sets the sensors and schedules the events, counted from now. */
    public void applyTo(Device device) {
        for (Step step : steps) {
            if (step.at() == null) {
                step.action().apply(device);
            } else {
                schedule(device, step, step.at());
            }
        }
    }

    private static void schedule(Device device, Step step, Duration delay) {
        device.clock()
                .schedule(
                        () -> {
                            step.action().apply(device);
                            if (step.repeats()) {
                                schedule(device, step, delay);
                            }
                        },
                        delay.toNanos());
    }
}
