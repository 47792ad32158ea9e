package io.godwit.web.analysis;

import com.fasterxml.jackson.core.JsonToken;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.Decoded.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The numbers in decoded payloads, for charts. Booleans count as 0 and 1; a text that is a number as a whole is one. */
public final class Numbers {
    private static final int MOST_PATHS = 500;
    private static final int LONGEST = 40;
    private static final Pattern NUMBER = Pattern.compile("\\s*[-+]?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?\\s*");

    /** A place where a number is. */
    public record At(String path, double number) {}

    private Numbers() {}

    /** All numbers of a payload, at most 500. */
    public static List<At> of(Decoded decoded) {
        List<At> found = new ArrayList<>();
        visit(decoded, (path, number) -> {
            found.add(new At(path, number));
            return found.size() < MOST_PATHS;
        });
        return found;
    }

    /** The number at a path; null if there is none. */
    public static @Nullable Double at(Decoded decoded, String path) {
        Double[] found = {null};
        visit(decoded, (each, number) -> {
            if (each.equals(path)) {
                found[0] = number;
            }
            return found[0] == null;
        });
        return found[0];
    }

    /** The text as a number; null if it is not a number. */
    public static @Nullable Double parse(String text) {
        return text.length() <= LONGEST && NUMBER.matcher(text).matches() ? (Double) Double.parseDouble(text) : null;
    }

    private interface Visitor {
        boolean number(String path, double number);
    }

    private static void visit(Decoded decoded, Visitor visitor) {
        if (decoded.form() == Form.TEXT) {
            Double number = parse(decoded.text());
            if (number != null) {
                visitor.number("", number);
            }
        } else if (decoded.form() == Form.JSON) {
            FlatJson.visit(decoded.text(), (path, token, text) -> {
                Double number = number(token, text);
                return number == null || visitor.number(path, number);
            });
        }
    }

    private static @Nullable Double number(JsonToken token, String text) {
        Double number = switch (token) {
            case VALUE_TRUE -> 1.0;
            case VALUE_FALSE -> 0.0;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Double.valueOf(text);
            case VALUE_STRING -> parse(text);
            default -> null;
        };
        return number == null || number.isInfinite() || number.isNaN() ? null : number;
    }
}
