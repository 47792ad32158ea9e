package io.godwit.cli.options;

import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --jobs} and {@code --exec-timeout}: how the commands of {@code --exec} run. */
public final class ExecOptions {
    @Option(names = "--jobs", paramLabel = "N", description = "Run up to N commands at once. [1]")
    private int jobs = 1;

    @Option(
            names = "--exec-timeout",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Time limit for the command. [30s]")
    private Duration timeout = Duration.ofSeconds(30);

    /**
     * How many run at once.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public int jobs() {
        if (jobs < 1) {
            throw new IllegalArgumentException("--jobs " + jobs + ": must be at least 1");
        }
        return jobs;
    }

    public Duration timeout() {
        return timeout;
    }
}
