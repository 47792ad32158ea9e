package io.godwit.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -e}: the topic of responses. */
public final class ResponseTopicOption extends SharedOption {
    @Option(
            names = {"-e", "--response-topic"},
            paramLabel = "TOPIC")
    private @Nullable String topic;

    public ResponseTopicOption(String description) {
        super(description);
    }

    /** The topic that was given, or null. */
    public @Nullable String get() {
        return topic;
    }
}
