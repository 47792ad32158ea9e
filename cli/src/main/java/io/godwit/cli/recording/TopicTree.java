package io.godwit.cli.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Topics by their levels, each with what is to be shown beside it, drawn as a tree. */
public final class TopicTree {
    private final Map<String, TopicTree> levels = new TreeMap<>();
    private @Nullable String leaf;

    /** Adds a topic, or shows something else beside it. */
    public void put(String topic, String shown) {
        TopicTree at = this;
        for (String level : topic.split("/", -1)) {
            at = at.levels.computeIfAbsent(level, name -> new TopicTree());
        }
        at.leaf = shown;
    }

    /**
     * The lines of the tree.
     *
     * @param paint colours the name of a level
     */
    public List<String> lines(UnaryOperator<String> paint) {
        List<String> lines = new ArrayList<>();
        levels.forEach((name, below) -> {
            lines.add(below.line(name, paint));
            below.draw("", paint, lines);
        });
        return lines;
    }

    private void draw(String indent, UnaryOperator<String> paint, List<String> lines) {
        int left = levels.size();
        for (Map.Entry<String, TopicTree> entry : levels.entrySet()) {
            left--;
            lines.add(indent + (left == 0 ? "└── " : "├── ") + entry.getValue().line(entry.getKey(), paint));
            entry.getValue().draw(indent + (left == 0 ? "    " : "│   "), paint, lines);
        }
    }

    private String line(String name, UnaryOperator<String> paint) {
        String level = paint.apply(name.isEmpty() ? "(empty)" : name);
        return leaf == null ? level : level + " " + leaf;
    }
}
