package io.godwit.web.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the page has sent: an object whose members are read with a check of their types. */
final class Request {
    private final Map<String, Object> members;

    Request(Map<String, Object> members) {
        this.members = members;
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    String text(String name) throws RequestException {
        String text = textOr(name, null);
        if (text == null) {
            throw RequestException.invalid("missing \"" + name + "\"");
        }
        return text;
    }

    @Nullable
    String textOr(String name, @Nullable String absent) throws RequestException {
        Object value = members.get(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof String text) {
            return text;
        }
        throw RequestException.invalid("\"" + name + "\" must be a string");
    }

    long number(String name) throws RequestException {
        Long number = numberOr(name);
        if (number == null) {
            throw RequestException.invalid("missing \"" + name + "\"");
        }
        return number;
    }

    @Nullable
    Long numberOr(String name) throws RequestException {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw RequestException.invalid("\"" + name + "\" must be a number");
    }

    /** The number within bounds. */
    int within(String name, int least, int most, int absent) throws RequestException {
        Long number = numberOr(name);
        return number == null ? absent : (int) Math.max(least, Math.min(most, number));
    }

    double decimal(String name) throws RequestException {
        if (members.get(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw RequestException.invalid("\"" + name + "\" must be a number");
    }

    boolean flag(String name) throws RequestException {
        Object value = members.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw RequestException.invalid("\"" + name + "\" must be true or false");
    }

    /** The object, or null. */
    @SuppressWarnings("unchecked")
    @Nullable
    Request object(String name) throws RequestException {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            return new Request((Map<String, Object>) map);
        }
        throw RequestException.invalid("\"" + name + "\" must be an object");
    }

    /** The objects of a list; empty if it is missing. */
    @SuppressWarnings("unchecked")
    List<Request> objects(String name) throws RequestException {
        List<Request> objects = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof Map<?, ?> map)) {
                throw RequestException.invalid("\"" + name + "\" must be a list of objects");
            }
            objects.add(new Request((Map<String, Object>) map));
        }
        return objects;
    }

    /** The list; empty if it is missing. */
    List<?> list(String name) throws RequestException {
        Object value = members.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw RequestException.invalid("\"" + name + "\" must be a list");
    }

    List<String> texts(String name) throws RequestException {
        return list(name).stream().map(String::valueOf).toList();
    }

    Map<String, Object> members() {
        return members;
    }
}
