package io.godwit.web.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a connection, in the doctor's words.
 *
 * @param phase of the connect that failed, or null
 * @param reason by name, or null
 * @param at in milliseconds since 1970
 * @param advice one line for each thing to try, the likeliest first
 * @param refused filters that the broker did not accept
 */
public record Problem(
        String text,
        @Nullable String phase,
        @Nullable String reason,
        long at,
        List<String> advice,
        List<Refused> refused) {
    /** A filter that the broker refused. */
    public record Refused(String filter, String text) {}
}
