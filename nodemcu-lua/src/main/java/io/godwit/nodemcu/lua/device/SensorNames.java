package io.godwit.nodemcu.lua.device;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The sensors that modules read, with their units and with what they read while nothing sets them. */
public final class SensorNames {

    /**
     * A kind of sensor.
     *
     * @param pattern the name, in which {@code PIN} and {@code CHANNEL} stand for a number and {@code ROM} for the code
     *     of a DS18B20
     * @param absent the reading while no scenario or test sets one
     */
    public record Kind(String pattern, String unit, double absent, String module) {

        private Pattern regex() {
            return Pattern.compile(Pattern.quote(pattern)
                    .replace("PIN", "\\E\\d{1,2}\\Q")
                    .replace("CHANNEL", "\\E\\d{1,2}\\Q")
                    .replace("ROM", "\\E[0-9a-fA-F]{14,16}\\Q"));
        }
    }

    private static final double TEMPERATURE = 21.5;
    private static final double HUMIDITY = 50;
    private static final double PRESSURE = 1013.25;

    private static final List<Kind> KINDS = List.of(
            new Kind("adc.CHANNEL", "raw: 0 to 1024, on an ESP32 0 to 4095", 512, "adc"),
            new Kind("adc.vdd33", "mV", 3300, "adc, node"),
            new Kind("adc.hall", "raw", 20, "adc"),
            new Kind("dht.PIN.temperature", "°C", TEMPERATURE, "dht"),
            new Kind("dht.PIN.humidity", "%", HUMIDITY, "dht"),
            new Kind("ow.ROM", "°C", 85, "ow, ds18b20"),
            new Kind("bme280.temperature", "°C", TEMPERATURE, "bme280"),
            new Kind("bme280.humidity", "%", HUMIDITY, "bme280"),
            new Kind("bme280.pressure", "hPa", PRESSURE, "bme280"),
            new Kind("bmp085.temperature", "°C", TEMPERATURE, "bmp085"),
            new Kind("bmp085.pressure", "hPa", PRESSURE, "bmp085"),
            new Kind("am2320.temperature", "°C", TEMPERATURE, "am2320"),
            new Kind("am2320.humidity", "%", HUMIDITY, "am2320"),
            new Kind("si7021.temperature", "°C", TEMPERATURE, "si7021"),
            new Kind("si7021.humidity", "%", HUMIDITY, "si7021"),
            new Kind("hdc1080.temperature", "°C", TEMPERATURE, "hdc1080"),
            new Kind("hdc1080.humidity", "%", HUMIDITY, "hdc1080"),
            new Kind("tsl2561.lux", "lx", 200, "tsl2561"),
            new Kind("adxl345.x", "raw: 256 is 1 g", 0, "adxl345"),
            new Kind("adxl345.y", "raw: 256 is 1 g", 0, "adxl345"),
            new Kind("adxl345.z", "raw: 256 is 1 g", 256, "adxl345"),
            new Kind("wifi.rssi", "dBm", -60, "wifi"));

    private static final List<Pattern> PATTERNS =
            KINDS.stream().map(Kind::regex).toList();

    private SensorNames() {}

    /** All kinds, in the order of the documentation. */
    public static List<Kind> kinds() {
        return KINDS;
    }

    /**
     * Checks a sensor's name and returns it as modules ask for it.
     *
     * @throws IllegalArgumentException if no module reads a sensor of that name, or if the checksum of a ROM code is wrong;
     *     the message says what would be right
     */
    public static String check(String name) {
        boolean known =
                PATTERNS.stream().anyMatch(pattern -> pattern.matcher(name).matches());
        if (!known) {
            throw new IllegalArgumentException("unknown sensor '" + name + "': " + suggestion(name));
        }
        return name.startsWith("ow.") ? "ow." + romCode(name.substring(3)) : name;
    }

    /** Whether modules read sensors below that name: {@code dht.4}, {@code bme280}, {@code ow}. */
    static boolean isGroup(String name) {
        return KINDS.stream().anyMatch(kind -> {
            String[] parts = kind.pattern().split("\\.");
            String[] wanted = name.split("\\.");
            if (wanted.length >= parts.length) {
                return false;
            }
            for (int i = 0; i < wanted.length; i++) {
                boolean same = parts[i].equals(wanted[i])
                        || (parts[i].equals("PIN") || parts[i].equals("CHANNEL")) && wanted[i].matches("\\d{1,2}");
                if (!same) {
                    return false;
                }
            }
            return true;
        });
    }

    private static String romCode(String digits) {
        String code = digits.toLowerCase(Locale.ROOT);
        if (code.length() != 14 && code.length() != 16) {
            throw new IllegalArgumentException(
                    "invalid ROM code '" + digits + "': must be 16 hexadecimal digits, or 14 without the checksum");
        }
        byte[] bytes = HexFormat.of().parseHex(code.substring(0, 14));
        String right = code.substring(0, 14) + String.format(Locale.ROOT, "%02x", crc8(bytes, bytes.length));
        if (code.length() == 16 && !code.equals(right)) {
            throw new IllegalArgumentException("wrong checksum in ROM code '" + digits + "': must be ow." + right
                    + ", or leave it out: ow." + code.substring(0, 14));
        }
        return right;
    }

    /** The checksum of the 1-Wire bus. */
    public static int crc8(byte[] bytes, int count) {
        int crc = 0;
        for (int i = 0; i < count; i++) {
            int in = bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                int mix = (crc ^ in) & 1;
                crc >>= 1;
                if (mix != 0) {
                    crc ^= 0x8C;
                }
                in >>= 1;
            }
        }
        return crc;
    }

    private static String suggestion(String name) {
        String nearest = nearest(name);
        List<String> groups = new ArrayList<>();
        KINDS.forEach(kind -> groups.add(kind.pattern()));
        return nearest == null ? "must be one of " + String.join(", ", groups) : "did you mean " + nearest + "?";
    }

    private static @Nullable String nearest(String name) {
        String number = name.replaceAll("^\\D*(\\d{1,2}).*$", "$1");
        String digits = number.equals(name) ? "4" : number;
        String best = null;
        int least = 4;
        for (Kind kind : KINDS) {
            String candidate = kind.pattern().replace("PIN", digits).replace("CHANNEL", digits);
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
