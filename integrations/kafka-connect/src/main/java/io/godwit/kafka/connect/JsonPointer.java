package io.godwit.kafka.connect;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Finds a value by a JSON pointer (RFC 6901) in what Connect's converters make: maps, lists and structs. */
final class JsonPointer {
    private JsonPointer() {}

    /** The value at the pointer as text; null if there is none, or it is null, an object or an array. */
    static @Nullable String text(@Nullable Object root, String pointer) {
        Object value = root;
        int start = 1;
        while (start <= pointer.length() && value != null) {
            int end = pointer.indexOf('/', start);
            end = end < 0 ? pointer.length() : end;
            value = step(value, pointer.substring(start, end).replace("~1", "/").replace("~0", "~"));
            start = end + 1;
        }
        return value instanceof String || value instanceof Number || value instanceof Boolean ? value.toString() : null;
    }

    private static @Nullable Object step(Object value, String token) {
        if (value instanceof Map<?, ?> map) {
            return map.get(token);
        }
        if (value instanceof Struct struct) {
            Field field = struct.schema().field(token);
            return field == null ? null : struct.get(field);
        }
        if (value instanceof List<?> list && token.matches("0|[1-9][0-9]{0,8}")) {
            int index = Integer.parseInt(token);
            return index < list.size() ? list.get(index) : null;
        }
        return null;
    }
}
