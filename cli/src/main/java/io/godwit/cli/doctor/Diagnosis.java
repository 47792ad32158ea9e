package io.godwit.cli.doctor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the road breaks, and what to try.
 *
 * @param reason the number by which NodeMCU's {@code mqtt} module knows it, -5 to 5; null beyond the connection
 * @param advice one line for each thing to try, the likeliest first
 */
public record Diagnosis(
        Station station, Kind kind, @Nullable Integer reason, String text, List<String> advice) {

    /** What an exit code tells apart. */
    public enum Kind {
        /** The broker cannot be reached, or does not answer CONNECT. */
        UNREACHABLE,
        /** The broker refuses the connection. */
        REFUSED,
        /** The broker refuses the user, the password or the right to connect. */
        NOT_AUTHORIZED,
        /** The connection works, and something on it does not. */
        FAULT
    }
}
