package io.godwit.cli.doctor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the road breaks, and what to try.
 *
 * @param exitCode one of {@link io.godwit.cli.output.ExitCodes}
 * @param reason the number by which NodeMCU's {@code mqtt} module knows it, -5 to 5; null beyond the connection
 * @param advice one line for each thing to try, the likeliest first
 */
public record Diagnosis(
        CheckStep station, int exitCode, @Nullable Integer reason, String text, List<String> advice) {}
