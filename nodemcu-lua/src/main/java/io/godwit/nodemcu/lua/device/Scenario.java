package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a device from outside, read from a file of lines:
 *
 * <pre>{@code
 * # sensors
 * dht.4.temperature = walk 18..25 step 0.2 every 10s
 * adc.0 = sine 200..800 period 1m
 * # events
 * at 30s press gpio.3 for 200ms
 * every 5m press gpio.3 for 200ms
 * at 60s wifi lost
 * at 80s wifi back
 * at 2m power off
 * }</pre>
 *
 * Events: {@code gpio.N = LEVEL}, {@code press gpio.N for TIME}, {@code wifi lost|back}, {@code network unplug|plug},
 * {@code power off|on}, {@code reboot}, {@code serial TEXT}, and a sensor's line. Immutable; one scenario serves a fleet,
 * each device with random signals of its own.
 */
public final class Scenario {

    private static final Pattern TIMED = Pattern.compile("(at|every)\\s+(\\S+)\\s+(.+)");
    private static final Pattern SENSOR = Pattern.compile("([a-z][a-z0-9_]*(?:\\.[A-Za-z0-9_-]+)+)\\s*=\\s*(.+)");
    private static final Pattern PRESS = Pattern.compile("press\\s+gpio\\.(\\d+)(?:\\s+for\\s+(\\S+))?");
    private static final Pattern LEVEL = Pattern.compile("gpio\\.(\\d+)\\s*=\\s*([01])");

    private record Step(@Nullable Duration at, boolean repeats, Deed deed) {}

    @FunctionalInterface
    private interface Deed {
        void apply(Device device);
    }

    private final List<Step> steps;

    private Scenario(List<Step> steps) {
        this.steps = steps;
    }

    /** @throws IllegalArgumentException naming file and line of what is not understood */
    public static Scenario read(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return parse(Files.readAllLines(file), folder == null ? Path.of("") : folder, file.getFileName() + "");
    }

    /** Reads the lines of a scenario; CSV files are looked for in {@code folder}. */
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
                Matcher timed = TIMED.matcher(text);
                steps.add(
                        timed.matches()
                                ? new Step(
                                        Spans.parse(timed.group(2)),
                                        timed.group(1).equals("every"),
                                        deed(timed.group(3).strip(), folder))
                                : new Step(null, false, deed(text, folder)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(source + ":" + number + ": " + e.getMessage(), e);
            }
        }
        return new Scenario(List.copyOf(steps));
    }

    private static Deed deed(String text, Path folder) {
        switch (text) {
            case "wifi lost":
                return Device::loseWifi;
            case "wifi back":
                return Device::restoreWifi;
            case "network unplug":
                return Device::unplugNetwork;
            case "network plug":
                return Device::plugNetwork;
            case "power off":
                return Device::powerOff;
            case "power on":
                return Device::powerOn;
            case "reboot":
                return Device::reboot;
            default:
                break;
        }
        if (text.startsWith("serial ")) {
            String typed = text.substring(7).replace("\\n", "\n").replace("\\r", "\r");
            return device -> device.hardware().serial(typed);
        }
        Matcher press = PRESS.matcher(text);
        if (press.matches()) {
            int pin = Integer.parseInt(press.group(1));
            Duration time = press.group(2) == null ? Duration.ofMillis(100) : Spans.parse(press.group(2));
            return device -> device.hardware().gpio(pin).press(time);
        }
        Matcher level = LEVEL.matcher(text);
        if (level.matches()) {
            int pin = Integer.parseInt(level.group(1));
            int value = Integer.parseInt(level.group(2));
            return device -> device.hardware().gpio(pin).drive(value);
        }
        Matcher sensor = SENSOR.matcher(text);
        if (sensor.matches()) {
            String name = sensor.group(1);
            String signal = sensor.group(2);
            Signal.parse(signal, folder, 0);
            return device -> device.hardware()
                    .set(name, Signal.parse(signal, folder, device.hardware().seed()));
        }
        throw new IllegalArgumentException("'" + text + "' is neither a sensor's line nor an event");
    }

    /** Sets the sensors and schedules the events, counted from now. */
    public void applyTo(Device device) {
        for (Step step : steps) {
            if (step.at() == null) {
                step.deed().apply(device);
            } else {
                schedule(device, step, step.at());
            }
        }
    }

    private static void schedule(Device device, Step step, Duration delay) {
        device.clock()
                .schedule(
                        () -> {
                            step.deed().apply(device);
                            if (step.repeats()) {
                                schedule(device, step, delay);
                            }
                        },
                        delay.toNanos());
    }
}
