package io.godwit.cli.doctor;

import java.util.List;

/**
 * Which step failed, and what to try.
 *
 * @param exitCode one of {@link io.godwit.cli.output.ExitCodes}
 * @param advice one line for each thing to try, the likeliest first
 */
public record Diagnosis(CheckStep step, int exitCode, String text, List<String> advice) {}
