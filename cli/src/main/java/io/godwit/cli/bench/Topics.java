package io.godwit.cli.bench;

import java.util.ArrayList;
import java.util.List;

/** Who publishes where, and who hears whom. */
public enum Topics {
    /** All publishers share one topic, and each subscriber has it. */
    one,
    /** Each publisher has a topic, and the publishers are distributed over the subscribers. */
    each,
    /** Each publisher has a topic, and each subscriber has them all by a wildcard. */
    all;

    /** The topic of a publisher, counted from 0. */
    String topic(String base, int publisher) {
        return this == one ? base : base + "/" + publisher;
    }

    /** The topic filters of a subscriber, counted from 0. */
    List<String> filters(String base, int subscriber, int subscribers, int publishers) {
        if (this == one) {
            return List.of(base);
        }
        if (this == all) {
            return List.of(base + "/+");
        }
        List<String> filters = new ArrayList<>();
        for (int publisher = 0; publisher < publishers; publisher++) {
            if (hears(subscriber, publisher, subscribers, publishers)) {
                filters.add(topic(base, publisher));
            }
        }
        return filters;
    }

    /** Whether what this publisher sends is for this subscriber. */
    boolean hears(int subscriber, int publisher, int subscribers, int publishers) {
        if (this != each) {
            return true;
        }
        return subscribers <= publishers ? publisher % subscribers == subscriber : subscriber % publishers == publisher;
    }
}
