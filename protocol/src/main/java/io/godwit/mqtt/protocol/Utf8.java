package io.godwit.mqtt.protocol;

import org.jspecify.annotations.Nullable;

/** The rules for strings, section 1.5.4: at most 65,535 bytes of well-formed UTF-8, without the null character. */
public final class Utf8 {
    private Utf8() {}

    /** How many bytes the text takes as UTF-8; a lone surrogate counts as the one byte that replaces it. */
    public static int length(CharSequence text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes++;
            }
        }
        return bytes;
    }

    /** What keeps {@code text} from being an MQTT string, for a person to read; {@code what} names the field. Null if it is valid. */
    public static @Nullable String fault(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "the " + what + " has the null character at character " + (i + 1) + " [MQTT-1.5.4-2]";
            }
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return "the " + what + " has half a surrogate pair at character " + (i + 1)
                            + ", which UTF-8 cannot express [MQTT-1.5.4-1]";
                }
            }
        }
        // Three bytes a char is the most UTF-8 takes, so short strings need no count.
        if (text.length() > TopicName.MAX_BYTES / 3) {
            int bytes = length(text);
            if (bytes > TopicName.MAX_BYTES) {
                return "the " + what + " takes " + bytes + " bytes as UTF-8; at most 65,535 fit "
                        + (what.startsWith("topic") ? "[MQTT-4.7.3-3]" : "(section 1.5.4)");
            }
        }
        return null;
    }

    /**
     * Returns the text if it is a valid MQTT string.
     *
     * @throws IllegalArgumentException if it is not valid; the message says why
     */
    public static String check(String what, String text) {
        String fault = fault(what, text);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return text;
    }
}
