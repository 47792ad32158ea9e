package io.godwit.nodemcu;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of warnings, each with a name by which it can be disabled or turned into an error. */
public enum WarningType {
    /** The device would not call a function that this call passes. */
    LOST_CALLBACK,
    /** A function replaces one that still waits for its operation. */
    REPLACED_CALLBACK,
    /** A callback threw an exception, or something that is not a function was passed as one. */
    CALLBACK,
    /** The device would cut, split or refuse something because of its size. */
    DEVICE_LIMIT,
    /** The firmware behaves differently from its documentation, which Godwit follows. */
    FIRMWARE_FAULT,
    /** The device ignores an argument because of its type. */
    IGNORED_ARGUMENT,
    /** A call was refused and had no effect: the topic, QoS or address is invalid, or the broker said no. */
    REFUSED,
    /** The will changes only at the next connect. */
    LATE_WILL,
    /** TLS without verification of the server. */
    TLS_UNVERIFIED,
    /** TLS on the port of plain MQTT. */
    TLS_PORT,
    /** A connection failed and the script passed no function for that. */
    CONNECT_FAILED,
    /** The script reads a sensor that nobody has set. */
    MISSING_SENSOR,
    /** The script uses the network while its station has no address. */
    NO_ADDRESS,
    /** Something about sockets, servers or HTTP that the script does not get to know. */
    NETWORK,
    /** A file that cannot be part of the flash, or cannot be written back to disk. */
    FILES,
    /** The firmware release of the profile lacks what the script uses. */
    PROFILE,
    /** Anything else that a real device would do differently. */
    DEVICE_DIFFERENCE;

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /**
     * Reads the name of a warning, such as {@code lost-callback}.
     *
     * @throws IllegalArgumentException if there is no such warning; the message lists them
     */
    public static WarningType of(String name) {
        String wanted = name.trim().toLowerCase(Locale.ROOT);
        for (WarningType type : values()) {
            if (type.id.equals(wanted)) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown warning '" + name + "': must be one of "
                + Arrays.stream(values()).map(WarningType::toString).collect(Collectors.joining(", ")));
    }

    @Override
    public String toString() {
        return id;
    }
}
