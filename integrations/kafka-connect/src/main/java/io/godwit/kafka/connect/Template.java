package io.godwit.kafka.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Text with placeholders, such as {@code mqtt.{1}.{user:site|unknown}}. A placeholder is a kind, for some kinds an argument
 * behind a colon, and perhaps a default behind a bar. {@code {{} and {@code }}} stand for single braces.
 */
final class Template {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,3}");

    /** The kind of a placeholder that is a number: a level of the topic. */
    static final String LEVEL = "level";

    /** Set once. Pieces of text and placeholders, in their order. */
    private final String text;

    private final List<Object> parts;

    private Template(String text, List<Object> parts) {
        this.text = text;
        this.parts = parts;
    }

    /**
     * One placeholder.
     *
     * @param kind what it stands for
     * @param argument which header, which level; empty if the kind has none
     * @param fallback used if there is no value; null: then there is none for the template either
     */
    record Placeholder(
            String kind, String argument, @Nullable String fallback) {
        @Override
        public String toString() {
            if (kind.equals(LEVEL)) {
                return "{" + argument + "}";
            }
            return "{" + kind + (argument.isEmpty() ? "" : ":" + argument) + "}";
        }
    }

    /** Gives the values of placeholders. */
    interface Values {
        /** The value, or null if there is none. */
        @Nullable
        String value(Placeholder placeholder);
    }

    /**
     * Parses a template.
     *
     * @param kinds the kinds of placeholders; one with an argument ends in a colon
     * @throws IllegalArgumentException if it is invalid; the message says what is right
     */
    static Template parse(String text, Set<String> kinds) {
        List<Object> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
            if (c == '{' && !doubled) {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw new IllegalArgumentException("the template '" + text
                            + "' has a '{' without its '}' at character " + (i + 1) + "; write {{ for a brace");
                }
                if (!literal.isEmpty()) {
                    parts.add(literal.toString());
                    literal.setLength(0);
                }
                parts.add(placeholder(text, text.substring(i + 1, end), kinds));
                i = end;
            } else if (c == '}' && !doubled) {
                throw new IllegalArgumentException("the template '" + text + "' has a '}' without its '{' at character "
                        + (i + 1) + "; write }} for a brace");
            } else {
                literal.append(c);
                i += c == '{' || c == '}' ? 1 : 0;
            }
        }
        if (!literal.isEmpty()) {
            parts.add(literal.toString());
        }
        return new Template(text, List.copyOf(parts));
    }

    private static Placeholder placeholder(String template, String inner, Set<String> kinds) {
        int bar = inner.indexOf('|');
        String fallback = bar < 0 ? null : inner.substring(bar + 1);
        String name = bar < 0 ? inner : inner.substring(0, bar);
        if (kinds.contains(LEVEL) && NUMBER.matcher(name).matches()) {
            return new Placeholder(LEVEL, name, fallback);
        }
        int colon = name.indexOf(':');
        if (colon < 0 && !name.equals(LEVEL) && kinds.contains(name)) {
            return new Placeholder(name, "", fallback);
        }
        if (colon > 0 && kinds.contains(name.substring(0, colon + 1)) && colon + 1 < name.length()) {
            String argument = name.substring(colon + 1);
            if (name.startsWith("json:") && !argument.startsWith("/")) {
                throw new IllegalArgumentException("the template '" + template + "' has the placeholder {" + inner
                        + "}: a JSON pointer starts with '/', as in {json:/device/id}");
            }
            return new Placeholder(name.substring(0, colon), argument, fallback);
        }
        String known = kinds.stream()
                .sorted()
                .map(kind -> kind.equals(LEVEL)
                        ? "{1}, {2}, ..."
                        : kind.endsWith(":") ? "{" + kind + "...}" : "{" + kind + "}")
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
                "the template '" + template + "' has the unknown placeholder {" + inner + "}: use " + known);
    }

    /** Whether a placeholder of this kind is used. */
    boolean uses(String kind) {
        return parts.stream()
                .anyMatch(part -> part instanceof Placeholder placeholder && placeholder.kind.equals(kind));
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** The text with the values; null if one has neither a value nor a default. */
    @Nullable
    String expand(Values values) {
        StringBuilder out = new StringBuilder();
        for (Object part : parts) {
            if (part instanceof Placeholder placeholder) {
                String value = values.value(placeholder);
                if (value == null) {
                    value = placeholder.fallback;
                }
                if (value == null) {
                    return null;
                }
                out.append(value);
            } else {
                out.append(part);
            }
        }
        return out.toString();
    }

    /** {@link #expand}, but a missing value is an error that names the placeholder. */
    String require(String setting, Values values) {
        String expanded = expand(values);
        if (expanded != null) {
            return expanded;
        }
        for (Object part : parts) {
            if (part instanceof Placeholder placeholder
                    && placeholder.fallback == null
                    && values.value(placeholder) == null) {
                throw new DataException("no value for " + placeholder + " of " + setting + "=" + text
                        + ": add a default, as in " + placeholder.toString().replace("}", "|none}"));
            }
        }
        throw new DataException("no value for " + setting + "=" + text);
    }

    @Override
    public String toString() {
        return text;
    }
}
