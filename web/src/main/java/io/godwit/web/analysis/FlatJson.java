package io.godwit.web.analysis;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as a list of its scalars, each under its path: a JSON pointer (RFC 6901), which is empty for the value itself. */
public final class FlatJson {
    private FlatJson() {}

    /** One level that is being read. */
    private static final class Level {
        private final String path;
        private final boolean array;
        private int next;
        private boolean empty = true;

        Level(String path, boolean array) {
            this.path = path;
            this.array = array;
        }
    }

    /** Takes scalars one by one. */
    public interface Visitor {
        /** Returns false to stop. */
        boolean scalar(String path, JsonToken token, String text);
    }

    /** Gives each scalar; empty objects and arrays count as scalars. */
    public static void visit(String json, Visitor visitor) {
        try (JsonParser in = Json.parser(json)) {
            Deque<Level> levels = new ArrayDeque<>();
            String name = "";
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    name = in.currentName();
                    continue;
                }
                if (token.isStructEnd()) {
                    Level ended = levels.pop();
                    if (ended.empty && !visitor.scalar(ended.path, token, ended.array ? "[]" : "{}")) {
                        return;
                    }
                    continue;
                }
                Level above = levels.peek();
                String path = "";
                if (above != null) {
                    above.empty = false;
                    path = above.path + "/" + (above.array ? String.valueOf(above.next++) : escaped(name));
                }
                if (token.isStructStart()) {
                    levels.push(new Level(path, token == JsonToken.START_ARRAY));
                } else if (!visitor.scalar(path, token, in.getText())) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a decoder has written it
        }
    }

    /** The first {@code most} scalars by their paths; strings in quotes. */
    static Map<String, String> of(String json, int most) {
        Map<String, String> scalars = new LinkedHashMap<>();
        visit(json, (path, token, text) -> {
            scalars.put(path, token == JsonToken.VALUE_STRING ? Json.quoted(text) : text);
            return scalars.size() < most;
        });
        return scalars;
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
