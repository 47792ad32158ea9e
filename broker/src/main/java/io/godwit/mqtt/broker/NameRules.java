package io.godwit.mqtt.broker;

import org.jspecify.annotations.Nullable;

/** What this broker demands of topics and identifiers beyond the standard's rules for strings. */
final class NameRules {
    private NameRules() {}

    /** Why the broker doesn't take a topic name or filter; null if it does. */
    static @Nullable String faultOfTopic(String what, String text, BrokerSettings settings) {
        int levels = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '/') {
                levels++;
            }
        }
        if (levels > settings.limits().topicLevels()) {
            return "the " + what + " has " + levels + " levels, but this broker takes at most "
                    + settings.limits().topicLevels();
        }
        return faultOfText(what, text, settings);
    }

    /** The receiver of a control character may treat the packet as malformed, section 1.5.4; here it is a setting. */
    static @Nullable String faultOfText(String what, String text, BrokerSettings settings) {
        if (!settings.rejectControlCharacters()) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                return "the " + what + " has the control character U+" + String.format("%04X", (int) c)
                        + " at character " + (i + 1) + " (section 1.5.4)";
            }
        }
        return null;
    }
}
