package io.godwit.cli.options;

import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code -T}: topics whose messages are skipped. */
public final class FilterOutOption {
    @Option(
            names = {"-T", "--filter-out"},
            paramLabel = "FILTER",
            description = "Skip topics that match; may be repeated.")
    private List<String> skipped = new ArrayList<>();

    /**
     * The filters.
     *
     * @throws IllegalArgumentException if one is not a valid topic filter
     */
    public List<TopicFilter> filters() {
        return skipped.stream().map(TopicFilter::of).toList();
    }
}
