package io.godwit.cli.output;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A format of {@code mosquitto_sub -F}: plain text with sequences that begin with {@code %} (the message), {@code @}
 * (the time, as strftime) and {@code \} (characters that are hard to type).
 */
public final class OutputFormat {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssZ");
    private static final DateTimeFormatter ISO_MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSZ");

    /** Writes its share of a message. */
    private interface Part {
        void append(ByteArrayOutputStream out, Message message, ZonedDateTime time);
    }

    private final List<Part> parts;
    private final ZoneId zone;

    private OutputFormat(List<Part> parts, ZoneId zone) {
        this.parts = parts;
        this.zone = zone;
    }

    /**
     * Reads a format.
     *
     * @param pretty whether JSON is laid out over several lines
     * @throws IllegalArgumentException when a sequence is not known, with its place
     */
    public static OutputFormat parse(String format, boolean pretty, ZoneId zone) {
        return new OutputFormat(new Parser(format, pretty).parts(), zone);
    }

    /** Appends the message as the format says. */
    public void append(ByteArrayOutputStream out, Message message, Instant time) {
        ZonedDateTime zoned = time.atZone(zone);
        for (Part part : parts) {
            part.append(out, message, zoned);
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the format from left to right. */
    private static final class Parser {
        private final String format;
        private final boolean pretty;
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder plain = new StringBuilder();
        private int at;

        Parser(String format, boolean pretty) {
            this.format = format;
            this.pretty = pretty;
        }

        List<Part> parts() {
            while (at < format.length()) {
                char c = format.charAt(at++);
                switch (c) {
                    case '%' -> percent();
                    case '@' -> time();
                    case '\\' -> escape();
                    default -> plain.append(c);
                }
            }
            flush();
            return parts;
        }

        private void flush() {
            if (!plain.isEmpty()) {
                byte[] bytes = plain.toString().getBytes(StandardCharsets.UTF_8);
                parts.add((out, message, time) -> out.writeBytes(bytes));
                plain.setLength(0);
            }
        }

        private void add(Part part) {
            flush();
            parts.add(part);
        }

        private char next(String what) {
            if (at >= format.length()) {
                throw new IllegalArgumentException("the format ends after an incomplete '" + what + "'");
            }
            return format.charAt(at++);
        }

        private void escape() {
            char c = next("\\");
            plain.append(
                    switch (c) {
                        case '\\' -> '\\';
                        case '0' -> '\0';
                        case 'a' -> '\007';
                        case 'e' -> '\033';
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        case 't' -> '\t';
                        case 'v' -> '\013';
                        default ->
                            throw new IllegalArgumentException("the format has '\\" + c + "' at character " + at
                                    + "; there are \\\\ \\0 \\a \\e \\n" + " \\r \\t \\v");
                    });
        }

        private void percent() {
            int start = at;
            boolean left = false;
            char pad = ' ';
            char c = next("%");
            while (c == '-' || c == '0') {
                left |= c == '-';
                pad = c == '0' ? '0' : pad;
                c = next("%");
            }
            int width = 0;
            while (c >= '0' && c <= '9') {
                width = width * 10 + (c - '0');
                c = next("%");
                if (width > 10_000) {
                    throw new IllegalArgumentException("the format has a width over 10000 at character " + start);
                }
            }
            int precision = -1;
            if (c == '.') {
                precision = 0;
                c = next("%");
                while (c >= '0' && c <= '9') {
                    precision = Math.min(10_000, precision * 10 + (c - '0'));
                    c = next("%");
                }
            }
            sequence(c, new Field(left, left ? ' ' : pad, width, precision), start);
        }

        private void sequence(char c, Field field, int start) {
            switch (c) {
                case '%' -> plain.append('%');
                case 't' -> add((out, message, time) -> field.string(out, message.topic()));
                case 'p' -> add((out, message, time) -> field.bytes(out, message.payload()));
                case 'x' ->
                    add((out, message, time) -> field.hex(out, HexFormat.of().formatHex(message.payload())));
                case 'X' ->
                    add((out, message, time) ->
                            field.hex(out, HexFormat.of().withUpperCase().formatHex(message.payload())));
                case 'l' -> add((out, message, time) -> field.number(out, message.payload().length));
                case 'q' ->
                    add((out, message, time) ->
                            text(out, String.valueOf(message.qos().level())));
                case 'r' -> add((out, message, time) -> text(out, message.retain() ? "1" : "0"));
                case 'm' -> add((out, message, time) -> field.number(out, 0)); // handlers do not see identifiers
                case 'A' -> number(field, Property.TOPIC_ALIAS);
                case 'E' -> number(field, Property.MESSAGE_EXPIRY_INTERVAL);
                case 'F' -> number(field, Property.PAYLOAD_FORMAT_INDICATOR);
                case 'S' -> number(field, Property.SUBSCRIPTION_IDENTIFIER);
                case 'C' -> string(field, Property.CONTENT_TYPE);
                case 'R' -> string(field, Property.RESPONSE_TOPIC);
                case 'D' ->
                    add((out, message, time) -> {
                        byte[] data = message.correlationData();
                        if (data != null) {
                            out.writeBytes(data);
                        }
                    });
                case 'P' ->
                    add((out, message, time) -> text(
                            out,
                            message.userProperties().stream()
                                    .map(property -> property.name() + ":" + property.value())
                                    .collect(Collectors.joining(" "))));
                case 'I' -> add((out, message, time) -> field.string(out, ISO.format(time)));
                case 'U' ->
                    add((out, message, time) ->
                            text(out, String.format("%d.%09d", time.toEpochSecond(), time.getNano())));
                case 'j' -> add((out, message, time) -> json(out, message, time, true));
                case 'J' -> add((out, message, time) -> json(out, message, time, false));
                default ->
                    throw new IllegalArgumentException(
                            "the format has '%" + c + "' at character " + start + ", which is not a known sequence");
            }
        }

        private void number(Field field, Property<? extends Number> property) {
            add((out, message, time) -> {
                Number value = message.properties().get(property);
                if (value != null) {
                    field.number(out, value.longValue());
                }
            });
        }

        private void string(Field field, Property<String> property) {
            add((out, message, time) -> {
                String value = message.properties().get(property);
                if (value != null) {
                    field.string(out, value);
                }
            });
        }

        private void time() {
            char c = next("@");
            if (c == '@') {
                plain.append('@');
            } else if (c == 'N') {
                add((out, message, time) -> text(out, String.format("%09d", time.getNano())));
            } else {
                String probe = Strftime.format(c, ZonedDateTime.now(ZoneId.of("UTC")));
                if (probe == null) {
                    throw new IllegalArgumentException(
                            "the format has '@" + c + "' at character " + at + ", which is not a strftime conversion");
                }
                add((out, message, time) -> text(out, String.valueOf(Strftime.format(c, time))));
            }
        }

        private void json(ByteArrayOutputStream out, Message message, ZonedDateTime time, boolean escaped) {
            StringBuilder line = new StringBuilder("{\"tst\":\"")
                    .append(ISO_MICROS.format(time))
                    .append("\",\"topic\":")
                    .append(Json.quote(message.topic()))
                    .append(",\"qos\":")
                    .append(message.qos().level())
                    .append(",\"retain\":")
                    .append(message.retain() ? 1 : 0)
                    .append(",\"payloadlen\":")
                    .append(message.payload().length);
            properties(line, message);
            line.append(",\"payload\":");
            if (message.payload().length == 0) {
                line.append(escaped ? "\"\"" : "null");
            } else if (escaped) {
                line.append(Json.quote(message.text()));
            } else {
                String payload = JsonLayout.of(message.payload(), false);
                if (payload == null) {
                    throw new NotJsonException(
                            "the payload on topic '" + message.topic() + "' is invalid JSON: use %j");
                }
                line.append(payload);
            }
            line.append('}');
            String pretty = this.pretty ? JsonLayout.of(line.toString().getBytes(StandardCharsets.UTF_8), true) : null;
            text(out, pretty != null ? pretty : line.toString());
        }

        private static void properties(StringBuilder line, Message message) {
            if (message.properties().isEmpty()) {
                return;
            }
            List<String> entries = new ArrayList<>();
            List<String> users = new ArrayList<>();
            message.properties().forEach((property, value) -> {
                if (value instanceof UserProperty user) {
                    users.add(Json.quote(user.name()) + ":" + Json.quote(user.value()));
                } else {
                    String shown = value instanceof byte[] bytes
                            ? Json.quote(new String(bytes, StandardCharsets.UTF_8))
                            : value instanceof String text ? Json.quote(text) : String.valueOf(value);
                    entries.add("\"" + property.name().replace(' ', '-') + "\":" + shown);
                }
            });
            if (!users.isEmpty()) {
                entries.add("\"user-properties\":{" + String.join(",", users) + "}");
            }
            line.append(",\"properties\":{").append(String.join(",", entries)).append('}');
        }
    }

    /** Width, precision and padding of one sequence. */
    private record Field(boolean left, char pad, int width, int precision) {
        void string(ByteArrayOutputStream out, String text) {
            String cut = precision >= 0 && precision < text.length() ? text.substring(0, precision) : text;
            padded(out, cut.getBytes(StandardCharsets.UTF_8), ' ');
        }

        void number(ByteArrayOutputStream out, long number) {
            padded(out, String.format(Locale.ROOT, "%d", number).getBytes(StandardCharsets.US_ASCII), pad);
        }

        void bytes(ByteArrayOutputStream out, byte[] payload) {
            padded(
                    out,
                    precision >= 0 && precision < payload.length
                            ? java.util.Arrays.copyOf(payload, precision)
                            : payload,
                    ' ');
        }

        void hex(ByteArrayOutputStream out, String hex) {
            String cut = precision >= 0 && precision < hex.length() ? hex.substring(0, precision) : hex;
            padded(out, cut.getBytes(StandardCharsets.US_ASCII), pad);
        }

        private void padded(ByteArrayOutputStream out, byte[] bytes, char filler) {
            if (left) {
                out.writeBytes(bytes);
            }
            for (int i = bytes.length; i < width; i++) {
                out.write(filler);
            }
            if (!left) {
                out.writeBytes(bytes);
            }
        }
    }

    /** {@code %J} met a payload that is no JSON. */
    public static final class NotJsonException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotJsonException(@Nullable String message) {
            super(message);
        }
    }
}
