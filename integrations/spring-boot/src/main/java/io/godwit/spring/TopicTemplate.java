package io.godwit.spring;

import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A topic filter whose levels may be {@code {variables}}. */
final class TopicTemplate {
    // Set once.
    private final String filter;
    /** By level; empty: not a variable. */
    private final List<String> variables = new ArrayList<>();

    /** @throws IllegalArgumentException if a variable is only part of a level, has no name, or occurs twice */
    TopicTemplate(String template) {
        List<String> levels = new ArrayList<>();
        for (String level : template.split("/", -1)) {
            boolean isVariable = level.startsWith("{") && level.endsWith("}");
            if (!isVariable && (level.contains("{") || level.contains("}"))) {
                throw new IllegalArgumentException(
                        "invalid topic '" + template + "': the variable in '" + level + "' must be a level of its own");
            }
            String name = isVariable ? level.substring(1, level.length() - 1) : "";
            if (isVariable && (name.isEmpty() || variables.contains(name))) {
                throw new IllegalArgumentException(
                        "invalid topic '" + template + "': each variable needs a name of its own");
            }
            variables.add(name);
            levels.add(isVariable ? "+" : level);
        }
        filter = String.join("/", levels);
        TopicFilter.of(filter);
    }

    String filter() {
        return filter;
    }

    boolean hasVariable(String name) {
        return variables.contains(name);
    }

    boolean matches(String topic) {
        return TopicFilter.of(filter).matches(topic);
    }

    /** What the variables stand for in a topic that matches. */
    Map<String, String> values(String topic) {
        String[] levels = topic.split("/", -1);
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < variables.size() && i < levels.length; i++) {
            if (!variables.get(i).isEmpty()) {
                values.put(variables.get(i), levels[i]);
            }
        }
        return values;
    }

    /** A text with {@code {variables}} replaced. */
    static String fill(String text, Map<String, String> values) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue());
        }
        return filled;
    }
}
