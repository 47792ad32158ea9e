package io.godwit.web.model;

import io.godwit.mqtt.protocol.TopicFilter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which topics are shown. Each part may be empty; all that are given must hold.
 *
 * @param topic part of the topic, or a topic filter if it has {@code +} or {@code #}
 * @param payload part of the last payload, as UTF-8
 * @param changedWithin the payload changed within these seconds; 0: any
 * @param retained only topics of which the broker holds a retained message
 */
public record RowFilter(String topic, String payload, int changedWithin, boolean retained, boolean matchCase) {
    public static final RowFilter NONE = new RowFilter("", "", 0, false, false);

    public boolean isEmpty() {
        return topic.isEmpty() && payload.isEmpty() && changedWithin == 0 && !retained;
    }

    /** Decides for topics at one time; made once for many topics. */
    Matcher matcher(long millis) {
        return new Matcher(this, millis);
    }

    /** The filter made ready. */
    static final class Matcher {
        private final RowFilter filter;
        private final long millis;
        private final @Nullable TopicFilter wildcards;
        private final byte[] wanted;
        private final byte[] other;

        private Matcher(RowFilter filter, long millis) {
            this.filter = filter;
            this.millis = millis;
            boolean hasWildcard = filter.topic.indexOf('+') >= 0 || filter.topic.indexOf('#') >= 0;
            this.wildcards =
                    hasWildcard && TopicFilter.fault(filter.topic) == null ? TopicFilter.of(filter.topic) : null;
            this.wanted = filter.payload.getBytes(StandardCharsets.UTF_8);
            this.other = wanted.clone();
            for (int i = 0; i < other.length && !filter.matchCase; i++) {
                other[i] = otherCase(other[i]);
            }
        }

        boolean matches(TopicNode node) {
            StoredMessage last = node.last();
            return last != null
                    && (!filter.retained || node.isRetained())
                    && (filter.changedWithin == 0 || millis - node.changed() <= filter.changedWithin * 1_000L)
                    && matchesTopic(last.message().topic())
                    && (wanted.length == 0 || contains(last.message().payload()));
        }

        private boolean matchesTopic(String topic) {
            if (filter.topic.isEmpty()) {
                return true;
            }
            if (wildcards != null) {
                return wildcards.matches(topic);
            }
            if (filter.matchCase) {
                return topic.contains(filter.topic);
            }
            for (int i = 0; i <= topic.length() - filter.topic.length(); i++) {
                if (topic.regionMatches(true, i, filter.topic, 0, filter.topic.length())) {
                    return true;
                }
            }
            return false;
        }

        /** Of letters, only those of ASCII are taken for equal in both cases. */
        private boolean contains(byte[] payload) {
            int last = payload.length - wanted.length;
            for (int i = 0; i <= last; i++) {
                int j = 0;
                while (j < wanted.length && (payload[i + j] == wanted[j] || payload[i + j] == other[j])) {
                    j++;
                }
                if (j == wanted.length) {
                    return true;
                }
            }
            return false;
        }

        private static byte otherCase(byte b) {
            return b >= 'a' && b <= 'z' ? (byte) (b - 32) : b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
        }
    }
}
