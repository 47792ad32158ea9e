package io.godwit.mqtt.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A topic filter, section 4.7: what a subscription asks for. Knows the wildcards, the names that begin with {@code $}
 * and the shared subscriptions of MQTT 5 ({@code $share/group/filter}, section 4.8.2).
 */
public final class TopicFilter {
    private static final String SHARE = "$share/";

    private final String text;
    /** Length of {@code $share/group/}, or 0. */
    private final int prefix;
    /** Which topics it matches, if that is not in its text. */
    private final @Nullable TopicFilter matched;

    private TopicFilter(String text, int prefix, @Nullable TopicFilter matched) {
        this.text = text;
        this.prefix = prefix;
        this.matched = matched;
    }

    /**
     * The filter that {@code text} is.
     *
     * @throws IllegalArgumentException if it is not valid; the message says which rule it breaks and where
     */
    public static TopicFilter of(String text) {
        String fault = fault(text);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return new TopicFilter(text, text.startsWith(SHARE) ? text.indexOf('/', SHARE.length()) + 1 : 0, null);
    }

    /**
     * The same filter with another idea of the topics that it matches, for a prefix that only its broker knows: {@code
     * TopicFilter.of("$queue/jobs/+").matching("jobs/+")}. The filter is sent and compared as before.
     *
     * @throws IllegalArgumentException if that is not a valid topic filter
     */
    public TopicFilter matching(String topics) {
        return new TopicFilter(text, prefix, of(topics));
    }

    /** Whether {@link #matching} said which topics it matches. */
    public boolean isMatchingOthers() {
        return matched != null;
    }

    /** What is wrong with the filter, with the statement of the standard; null if it is valid. */
    public static @Nullable String fault(String text) {
        if (text.isEmpty()) {
            return "the topic filter is empty; it needs at least one character [MQTT-4.7.3-1]";
        }
        String broken = Utf8.fault("topic filter", text);
        if (broken != null) {
            return broken;
        }
        int start = 0;
        if (text.startsWith(SHARE)) {
            int slash = text.indexOf('/', SHARE.length());
            if (slash < 0 || slash + 1 == text.length()) {
                return "shared subscription '" + text + "' lacks a topic filter: $share/group/filter [MQTT-4.8.2-2]";
            }
            String group = text.substring(SHARE.length(), slash);
            if (group.isEmpty()) {
                return "shared subscription '" + text + "' has an empty group: $share/group/filter [MQTT-4.8.2-1]";
            }
            if (group.indexOf('+') >= 0 || group.indexOf('#') >= 0) {
                return "shared subscription '" + text + "' has a wildcard in its group [MQTT-4.8.2-2]";
            }
            start = slash + 1;
        }
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean begins = i == start || text.charAt(i - 1) == '/';
            boolean ends = i + 1 == text.length() || text.charAt(i + 1) == '/';
            if (c == '#' && !(begins && i + 1 == text.length())) {
                return "topic filter '" + text + "' has '#' at character " + (i + 1)
                        + "; it must be the whole last level [MQTT-4.7.1-1]";
            }
            if (c == '+' && !(begins && ends)) {
                return "topic filter '" + text + "' has '+' at character " + (i + 1)
                        + "; it must be a whole level [MQTT-4.7.1-2]";
            }
        }
        return null;
    }

    /** The filter as it stands in SUBSCRIBE, with {@code $share/group/} when it is shared. */
    public String text() {
        return text;
    }

    /** Whether it is a shared subscription. */
    public boolean isShared() {
        return prefix > 0;
    }

    /** The share name, or null when it is not shared. */
    public @Nullable String shareName() {
        return prefix == 0 ? null : text.substring(SHARE.length(), prefix - 1);
    }

    /** The part that topic names are matched with: without {@code $share/group/}. */
    public String matchText() {
        if (matched != null) {
            return matched.matchText();
        }
        return prefix == 0 ? text : text.substring(prefix);
    }

    /** Whether it has a {@code +} or {@code #}. */
    public boolean hasWildcard() {
        return text.indexOf('+', prefix) >= 0 || text.endsWith("#");
    }

    /**
     * Whether a message with this topic name is asked for. A wildcard in the first level does not match a name that
     * begins with {@code $} [MQTT-4.7.2-1].
     */
    public boolean matches(String topic) {
        if (matched != null) {
            return matched.matches(topic);
        }
        int f = prefix;
        int t = 0;
        if (!topic.isEmpty() && topic.charAt(0) == '$' && f < text.length() && isWildcard(text.charAt(f))) {
            return false;
        }
        while (f < text.length()) {
            char c = text.charAt(f);
            if (c == '#') {
                return true;
            }
            if (c == '+') {
                while (t < topic.length() && topic.charAt(t) != '/') {
                    t++;
                }
                f++;
            } else {
                if (t == topic.length()) {
                    // "a/#" matches "a" too, section 4.7.1.2.
                    return text.length() - f == 2 && c == '/' && text.charAt(f + 1) == '#';
                }
                if (c != topic.charAt(t)) {
                    return false;
                }
                f++;
                t++;
            }
        }
        return t == topic.length();
    }

    private static boolean isWildcard(char c) {
        return c == '+' || c == '#';
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicFilter that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
