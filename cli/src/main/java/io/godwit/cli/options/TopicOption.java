package io.godwit.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -t}: the topic of a message, or topic filters where it may be repeated. */
public final class TopicOption extends SharedOption {
    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC")
    private List<String> topics = new ArrayList<>();

    public TopicOption(String description) {
        super(description);
    }

    /** All that were given, in their order. */
    public List<String> all() {
        return topics;
    }

    /** The last one, or null. */
    public @Nullable String last() {
        return topics.isEmpty() ? null : topics.get(topics.size() - 1);
    }
}
