package io.godwit.cli.recording;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Says where the messages of a recording go instead: below another topic, or as a substitution says. */
public final class TopicRewrite {
    private TopicRewrite() {}

    /** Topics at and below {@code from} become the same at and below {@code to}; others stay. */
    public static UnaryOperator<String> moved(String from, String to) {
        String below = from.endsWith("/") ? from : from + "/";
        String target = to.endsWith("/") ? to : to + "/";
        return topic ->
                topic.equals(from) ? to : topic.startsWith(below) ? target + topic.substring(below.length()) : topic;
    }

    /**
     * A substitution as in sed: {@code s/PATTERN/REPLACEMENT/}, and {@code g} behind it for each place. Another character than
     * {@code /} may divide it, as in {@code s|a/b|c|}. The pattern is one of Java; {@code $1} is what its first group found.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static UnaryOperator<String> substitution(String text) {
        if (text.length() < 4 || text.charAt(0) != 's') {
            throw new IllegalArgumentException(wrong(text));
        }
        String divider = Pattern.quote(text.substring(1, 2));
        String[] parts = text.substring(2).split(divider, -1);
        if (parts.length != 3 || parts[0].isEmpty() || !(parts[2].isEmpty() || parts[2].equals("g"))) {
            throw new IllegalArgumentException(wrong(text));
        }
        boolean all = parts[2].equals("g");
        try {
            Pattern pattern = Pattern.compile(parts[0]);
            String replacement = parts[1];
            return topic -> replace(text, pattern.matcher(topic), replacement, all);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--rewrite '" + text + "': " + e.getDescription(), e);
        }
    }

    private static String replace(String text, Matcher matcher, String replacement, boolean all) {
        try {
            return all ? matcher.replaceAll(replacement) : matcher.replaceFirst(replacement);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("--rewrite '" + text + "': " + e.getMessage(), e);
        }
    }

    private static String wrong(String text) {
        return "--rewrite '" + text + "': use s/PATTERN/REPLACEMENT/, or s|PATTERN|REPLACEMENT|g to replace all";
    }
}
