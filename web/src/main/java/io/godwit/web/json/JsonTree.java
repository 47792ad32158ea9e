package io.godwit.web.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as a tree of maps, lists, strings, {@link BigInteger}, {@link Decimal}, booleans and nulls. */
public final class JsonTree {
    private JsonTree() {}

    /**
     * A number with a fraction or an exponent.
     *
     * @param text its digits as they were written
     */
    public record Decimal(String text) {
        public double toDouble() {
            return Double.parseDouble(text);
        }

        public BigDecimal exact() {
            return new BigDecimal(text);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Reads one JSON value.
     *
     * @param what the bytes are, for the message
     * @throws IllegalArgumentException if the bytes are not exactly one JSON value
     */
    public static @Nullable Object of(byte[] json, String what) {
        try (JsonParser in = Json.parser(json)) {
            if (in.nextToken() == null) {
                throw new IllegalArgumentException(what + " is empty, not JSON");
            }
            Object value = value(in);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("more follows after the JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(what + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(what + " is not JSON: " + e.getMessage(), e);
        }
    }

    /** Recurses by nesting, which the parser limits. */
    private static @Nullable Object value(JsonParser in) throws IOException {
        return switch (in.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    members.put(name, value(in));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(in));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> in.getBigIntegerValue();
            case VALUE_NUMBER_FLOAT -> new Decimal(in.getText());
            case VALUE_TRUE, VALUE_FALSE -> in.getBooleanValue();
            case VALUE_STRING -> in.getText();
            default -> null;
        };
    }
}
