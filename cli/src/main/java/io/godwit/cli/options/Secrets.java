package io.godwit.cli.options;

import io.godwit.cli.output.Diagnostics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads secrets from places that the process list does not show. Messages name the place, never the secret. */
final class Secrets {
    private Secrets() {}

    /** The value of an environment variable. */
    static String fromEnvironment(String option, String variable) {
        @Nullable String value = ProcessInput.variable(variable);
        if (value == null) {
            throw new IllegalArgumentException(
                    option + ": the environment variable " + variable + " is not set; export it first");
        }
        return value;
    }

    /** The first line of a file. */
    static String fromFile(String option, Path file) {
        try {
            String text = RawText.decode(Files.readAllBytes(file));
            int end = text.indexOf('\n');
            String line = end < 0 ? text : text.substring(0, end);
            return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": " + Diagnostics.about(file, e), e);
        }
    }

    /** The first line that a command of the shell writes. */
    static String fromCommand(String option, String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String text = RawText.decode(process.getInputStream().readAllBytes());
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalArgumentException(option + ": the command ended with exit code " + code);
            }
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException(option + ": interrupted", e);
        }
    }
}
