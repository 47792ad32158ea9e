package io.godwit.nodemcu;

import java.util.Locale;

/** Which device the module behaves as, where the devices and their documentation disagree. */
public enum Profile {
    /** The documentation of the ESP32 module (firmware commit 23397260), which wins over the faults of its code. */
    ESP32("esp32", 120),
    /** The release branch for the ESP8266. */
    ESP8266("esp8266", 60),
    /** What the code for the ESP32 really does, faults included: for the question whether a script will run on the chip. */
    ESP32_STRICT("esp32-strict", 120);

    private final String text;
    private final int defaultKeepalive;

    Profile(String text, int defaultKeepalive) {
        this.text = text;
        this.defaultKeepalive = defaultKeepalive;
    }

    /** Reads {@code esp32}, {@code esp8266} or {@code esp32-strict}. */
    public static Profile of(String text) {
        for (Profile profile : values()) {
            if (profile.text.equals(text.toLowerCase(Locale.ROOT))) {
                return profile;
            }
        }
        throw new IllegalArgumentException("no profile '" + text + "'; there are esp32, esp8266 and esp32-strict");
    }

    /** Seconds that the device uses when the script says 0. */
    int defaultKeepalive() {
        return defaultKeepalive;
    }

    @Override
    public String toString() {
        return text;
    }
}
