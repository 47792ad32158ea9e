package io.godwit.nodemcu;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which device the modules behave as: a chip and a firmware release. Where releases and their documentation disagree, the
 * profile decides.
 */
public enum Profile {
    /** The ESP32 as the documentation of its module describes it, which wins over the faults of the firmware's code. */
    ESP32("esp32", Chip.ESP32, "dev"),
    /** What the ESP32 firmware really does, faults included: use it to find out whether a script will run on the chip. */
    ESP32_STRICT("esp32-strict", Chip.ESP32, "dev"),
    /** The ESP8266 with the releases of 2015 and 2016: numbered timers only, {@code mqtt.Client:connect} with 0 or 1. */
    ESP8266_1_5("esp8266-1.5", Chip.ESP8266, "1.5"),
    /** The ESP8266 with the releases of 2017 to 2019: timer objects, {@code sjson}, Lua flash store. */
    ESP8266_2_2("esp8266-2.2", Chip.ESP8266, "2.2"),
    /** The ESP8266 with the releases since 2020. */
    ESP8266_3_0("esp8266-3.0", Chip.ESP8266, "3.0");

    /** The newest release for the ESP8266, which the name {@code esp8266} stands for. */
    public static final Profile ESP8266 = ESP8266_3_0;

    private final String id;
    private final Chip chip;
    private final String release;

    Profile(String id, Chip chip, String release) {
        this.id = id;
        this.chip = chip;
        this.release = release;
    }

    /**
     * Reads a profile's name: {@code esp32}, {@code esp32-strict}, {@code esp8266-1.5}, {@code esp8266-2.2},
     * {@code esp8266-3.0}, or {@code esp8266} for the newest of them. Upper and lower case are the same.
     *
     * @throws IllegalArgumentException if there is no such profile; the message lists them
     */
    public static Profile of(String name) {
        String wanted = name.trim().toLowerCase(Locale.ROOT);
        if (wanted.equals("esp8266")) {
            return ESP8266;
        }
        for (Profile profile : values()) {
            if (profile.id.equals(wanted)) {
                return profile;
            }
        }
        throw new IllegalArgumentException("unknown profile '" + name + "': must be "
                + Arrays.stream(values()).map(Profile::toString).collect(Collectors.joining(", ")) + " or esp8266");
    }

    public Chip chip() {
        return chip;
    }

    /** The firmware release as its name begins: {@code 1.5}, {@code 2.2}, {@code 3.0}; {@code dev} for the ESP32. */
    public String release() {
        return release;
    }

    public boolean isEsp32() {
        return chip == Chip.ESP32;
    }

    public boolean isEsp8266() {
        return chip == Chip.ESP8266;
    }

    /** Whether the faults of the firmware's code are wanted too. */
    public boolean isStrict() {
        return this == ESP32_STRICT;
    }

    /** Whether this is the same chip with the same or a newer release. */
    public boolean isAtLeast(Profile older) {
        return chip == older.chip && ordinal() >= older.ordinal();
    }

    /** Seconds that the device uses when the script passes a keepalive of 0. */
    int defaultKeepalive() {
        return isEsp32() ? 120 : 60;
    }

    @Override
    public String toString() {
        return id;
    }
}
