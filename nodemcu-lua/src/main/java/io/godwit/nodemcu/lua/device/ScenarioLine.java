package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a {@link Scenario} without its time:
 *
 * <ul>
 *   <li>{@code SENSOR = SIGNAL} and {@code SENSOR = none}; {@code sensors = none} detaches all that no line sets
 *   <li>{@code gpio.N = 0}, {@code press gpio.N for TIME}, {@code serial TEXT}
 *   <li>{@code wifi lost}, {@code wifi back}, {@code wifi ssid NAME}, {@code wifi password TEXT}, {@code wifi ip ADDRESS}
 *   <li>{@code network unplug}, {@code network plug}, {@code power off}, {@code power on}, {@code reboot}
 *   <li>{@code http [METHOD] URL = STATUS [BODY]}, where {@code @file} as the body stands for a file's content
 * </ul>
 */
final class ScenarioLine {

    /** What a line does to a device. Any thread. */
    @FunctionalInterface
    interface Action {
        void apply(Device device);
    }

    private static final Map<String, Action> FIXED = Map.of(
            "wifi lost", Device::loseWifi,
            "wifi back", Device::restoreWifi,
            "network unplug", Device::unplugNetwork,
            "network plug", Device::plugNetwork,
            "power off", Device::powerOff,
            "power on", Device::powerOn,
            "reboot", Device::reboot,
            "sensors = none", device -> device.hardware().detach(""));

    private static final Pattern SENSOR = Pattern.compile("([A-Za-z][A-Za-z0-9_.-]*)\\s*=\\s*(.+)");
    private static final Pattern PRESS = Pattern.compile("press\\s+gpio\\.(\\d{1,3})(?:\\s+for\\s+(\\S+))?");
    private static final Pattern LEVEL = Pattern.compile("gpio\\.(\\d{1,3})\\s*=\\s*(\\S+)");
    private static final Pattern WIFI = Pattern.compile("wifi\\s+(ssid|password|ip)\\s+(.+)");
    private static final Pattern HTTP =
            Pattern.compile("http\\s+(?:([A-Za-z]+|\\*)\\s+)?(\\S+)\\s+=\\s+(\\S+)(?:\\s+(.*))?");

    private ScenarioLine() {}

    /** @throws IllegalArgumentException with what would be right */
    static Action parse(String text, Path folder) {
        Action fixed = FIXED.get(text.replaceAll("\\s+", " "));
        if (fixed != null) {
            return fixed;
        }
        if (text.startsWith("serial ")) {
            String typed = text.substring(7).replace("\\n", "\n").replace("\\r", "\r");
            return device -> device.hardware().serial(typed);
        }
        if (text.startsWith("http ")) {
            return http(text, folder);
        }
        Matcher wifi = WIFI.matcher(text);
        if (wifi.matches()) {
            return wifi(wifi.group(1), wifi.group(2).strip());
        }
        Matcher press = PRESS.matcher(text);
        if (press.matches()) {
            int pin = pin(press.group(1));
            Duration time = press.group(2) == null ? Duration.ofMillis(100) : Durations.parse(press.group(2));
            return device -> device.hardware().gpio(pin).press(time);
        }
        Matcher level = LEVEL.matcher(text);
        if (level.matches()) {
            int pin = pin(level.group(1));
            if (!level.group(2).matches("[01]")) {
                throw new IllegalArgumentException("invalid level '" + level.group(2) + "': must be 0 or 1");
            }
            int value = Integer.parseInt(level.group(2));
            return device -> device.hardware().gpio(pin).drive(value);
        }
        Matcher sensor = SENSOR.matcher(text);
        if (sensor.matches()) {
            return sensor(sensor.group(1), sensor.group(2).strip(), folder);
        }
        throw new IllegalArgumentException("unknown line '" + text + "': must be a sensor (dht.4.temperature = 21.5), "
                + "press gpio.3 for 200ms, gpio.3 = 0, serial TEXT, wifi lost, wifi back, network unplug, network plug, "
                + "power off, power on, reboot or http URL = STATUS BODY, with 'at 10s' or 'every 1m' before an event");
    }

    private static int pin(String digits) {
        int pin = Integer.parseInt(digits);
        if (pin > 48) {
            throw new IllegalArgumentException("invalid pin " + pin + ": must be 0 to 48");
        }
        return pin;
    }

    private static Action sensor(String name, String signal, Path folder) {
        if (signal.equals("none")) {
            if (!SensorNames.isGroup(name)) {
                SensorNames.check(name);
            }
            return device -> device.hardware().detach(name);
        }
        String checked = SensorNames.check(name);
        Signal.parse(signal, folder, 0);
        return device -> device.hardware()
                .set(checked, Signal.parse(signal, folder, device.hardware().seed()));
    }

    private static Action wifi(String what, String value) {
        UnaryOperator<WifiSettings> change = settings -> switch (what) {
            case "ssid" -> settings.withSsid(value);
            case "password" -> settings.withPassword(value);
            default -> settings.withIp(value);
        };
        Objects.requireNonNull(change.apply(WifiSettings.DEFAULTS), "the settings check the value");
        return device -> device.post(() -> {
            WifiStation station = device.network().station();
            station.settings(change.apply(station.settings()));
        });
    }

    private static Action http(String text, Path folder) {
        Matcher http = HTTP.matcher(text);
        if (!http.matches() || !http.group(3).matches("[1-5]\\d\\d")) {
            throw new IllegalArgumentException("invalid line '" + text
                    + "': must be  http [METHOD] URL = STATUS [BODY], with a status of 100 to 599");
        }
        String method = http.group(1) == null ? "*" : http.group(1);
        String url = http.group(2);
        if (!url.startsWith("http://") && !url.startsWith("https://") && !url.startsWith("*")) {
            throw new IllegalArgumentException(
                    "invalid URL '" + url + "': must begin with http:// or https:// (or with * for any)");
        }
        int status = Integer.parseInt(http.group(3));
        byte[] body = body(http.group(4) == null ? "" : http.group(4), folder);
        return device -> device.network().http().answer(method, url, status, body);
    }

    private static byte[] body(String text, Path folder) {
        if (!text.startsWith("@")) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        Path file = folder.resolve(text.substring(1));
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
