package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The access point that devices find, and how they join it.
 *
 * @param start what happens to network calls before the station has an address
 * @param ssid the only network in reach, which the board is configured for; null for one that takes whatever name the
 *     script configures
 * @param password what a script has to configure for {@code ssid}; null accepts any
 * @param ip the station's address; null for one that follows from the device's place in its fleet
 * @param bssid the access point's MAC address
 * @param channel 1 to 14
 * @param rssi dBm; a sensor {@code wifi.rssi} wins over it
 */
public record WifiSettings(
        Start start,
        @Nullable String ssid,
        @Nullable String password,
        @Nullable String ip,
        String bssid,
        int channel,
        int rssi) {

    /** What happens to network calls before the station has an address. */
    public enum Start {
        /** They wait for the address, and a warning says that they would fail on the chip. */
        WAIT,
        /** They fail, as on the chip. */
        STRICT,
        /** The station has its address before the first line of the script: for scripts that assume a network. */
        READY;

        /**
         * Reads {@code wait}, {@code strict} or {@code ready}.
         *
         * @throws IllegalArgumentException if it is not one of them
         */
        public static Start of(String text) {
            for (Start start : values()) {
                if (start.name().equalsIgnoreCase(text.trim())) {
                    return start;
                }
            }
            throw new IllegalArgumentException("unknown Wi-Fi start '" + text + "': must be "
                    + Arrays.stream(values())
                            .map(start -> start.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")));
        }
    }

    public static final WifiSettings DEFAULTS =
            new WifiSettings(Start.WAIT, null, null, null, "02:67:6f:64:77:69", 6, -60);

    public WifiSettings {
        if (ssid != null && (ssid.isEmpty() || ssid.length() > 32)) {
            throw new IllegalArgumentException("invalid SSID '" + ssid + "': must be 1 to 32 characters");
        }
        if (ip != null && !isAddress(ip)) {
            throw new IllegalArgumentException("invalid address '" + ip + "': must be four numbers as in 192.168.1.20");
        }
        if (!bssid.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
            throw new IllegalArgumentException(
                    "invalid BSSID '" + bssid + "': must be six bytes as in 02:67:6f:64:77:69");
        }
        if (channel < 1 || channel > 14) {
            throw new IllegalArgumentException("invalid Wi-Fi channel " + channel + ": must be 1 to 14");
        }
        if (rssi < -120 || rssi > 0) {
            throw new IllegalArgumentException("invalid RSSI " + rssi + ": must be -120 to 0 dBm");
        }
    }

    private static boolean isAddress(String text) {
        return text.matches("(\\d{1,3})(\\.\\d{1,3}){3}")
                && Arrays.stream(text.split("\\.")).allMatch(part -> Integer.parseInt(part) < 256);
    }

    public WifiSettings withStart(Start newStart) {
        return new WifiSettings(newStart, ssid, password, ip, bssid, channel, rssi);
    }

    public WifiSettings withSsid(String newSsid) {
        return new WifiSettings(start, newSsid, password, ip, bssid, channel, rssi);
    }

    public WifiSettings withPassword(String newPassword) {
        return new WifiSettings(start, ssid, newPassword, ip, bssid, channel, rssi);
    }

    public WifiSettings withIp(String newIp) {
        return new WifiSettings(start, ssid, password, newIp, bssid, channel, rssi);
    }

    /** Takes {@code wifi.start}, {@code .ssid}, {@code .password}, {@code .ip}, {@code .bssid}, {@code .channel} and
     * {@code .rssi} from a properties file.
     *
     * @throws IllegalArgumentException if a value is invalid; the message names the file
     */
    public WifiSettings load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            String newStart = properties.getProperty("wifi.start");
            return new WifiSettings(
                    newStart == null ? start : Start.of(newStart),
                    properties.getProperty("wifi.ssid", ssid),
                    properties.getProperty("wifi.password", password),
                    properties.getProperty("wifi.ip", ip),
                    properties.getProperty("wifi.bssid", bssid),
                    number(properties, "wifi.channel", channel),
                    number(properties, "wifi.rssi", rssi));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static int number(Properties properties, String key, int absent) {
        String text = properties.getProperty(key);
        try {
            return text == null ? absent : Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("invalid " + key + " '" + text + "': must be a whole number", e);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "WifiSettings[" + start + ", " + ssid + ", " + ip + ", " + bssid + ", " + channel + ", " + rssi + "]";
    }
}
