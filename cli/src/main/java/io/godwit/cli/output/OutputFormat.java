package io.godwit.cli.output;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A format of {@code mosquitto_sub -F}: plain text with sequences that begin with {@code %} (the message), {@code @}
 * (the time, as strftime) and {@code \} (characters that are hard to type).
 */
public final class OutputFormat {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssZ");

    /** What may separate the fields of {@code %.2:x}. */
    private static final String SEPARATORS = "!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~";

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
     * @param safe whether what comes from outside is escaped, for a terminal; the format itself never is
     * @param decoder of payloads in {@code %p}, {@code %j} and {@code %J}; null: none
     * @throws IllegalArgumentException if a sequence is not known, with its place
     */
    public static OutputFormat parse(
            String format, boolean pretty, boolean safe, ZoneId zone, @Nullable PayloadDecoder decoder) {
        return new OutputFormat(new Parser(format, pretty, safe, decoder).parts(), zone);
    }

    /** The same without a decoder. */
    public static OutputFormat parse(String format, boolean pretty, boolean safe, ZoneId zone) {
        return parse(format, pretty, safe, zone, null);
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
        private final boolean safe;
        private final @Nullable PayloadDecoder decoder;
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder plain = new StringBuilder();
        private int at;

        Parser(String format, boolean pretty, boolean safe, @Nullable PayloadDecoder decoder) {
            this.decoder = decoder;
            this.format = format;
            this.safe = safe;
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

        /** Adds what a publisher chose: text on one line, or with its line breaks. */
        private void outside(boolean breaks, Part part) {
            if (!safe) {
                add(part);
                return;
            }
            add((out, message, time) -> {
                ByteArrayOutputStream raw = new ByteArrayOutputStream();
                part.append(raw, message, time);
                String text = raw.toString(StandardCharsets.UTF_8);
                text(out, breaks ? Printable.lines(text) : Printable.line(text));
            });
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
            char c = next("%");
            boolean left = c == '-';
            c = left ? next("%") : c;
            char pad = c == '0' ? '0' : ' ';
            int width = 0;
            for (; c >= '0' && c <= '9'; c = next("%")) {
                width = number(width, c, start);
            }
            int precision = -1;
            if (c == '.') {
                precision = 0;
                for (c = next("%"); c >= '0' && c <= '9'; c = next("%")) {
                    precision = number(precision, c, start);
                }
            }
            char separator = ' ';
            if (precision >= 0 && SEPARATORS.indexOf(c) >= 0) {
                separator = c;
                c = next("%");
                if (c != 'x' && c != 'X') {
                    throw new IllegalArgumentException("the format has '%" + c + "' with the separator '" + separator
                            + "' at character " + start + "; only %x and %X have one");
                }
            }
            FormatField field = new FormatField(left, pad, width, precision, separator);
            if (!message(c, field) && !property(c, field)) {
                throw new IllegalArgumentException(
                        "the format has '%" + c + "' at character " + start + ", which is not a known sequence");
            }
        }

        private byte[] payload(Message message) {
            PayloadDecoder.Payload decoded = decoder == null ? null : decoder.of(message);
            return decoded == null ? message.payload() : decoded.bytes();
        }

        private static int number(int before, char digit, int start) {
            int number = before * 10 + (digit - '0');
            if (number > 10_000) {
                throw new IllegalArgumentException("the format has a number over 10000 at character " + start);
            }
            return number;
        }

        /** Sequences for the message itself; false: it is not one of them. */
        private boolean message(char c, FormatField field) {
            switch (c) {
                case '%' -> plain.append('%');
                case 't' -> outside(false, (out, message, time) -> field.string(out, message.topic()));
                case 'p' -> outside(true, (out, message, time) -> field.payload(out, payload(message)));
                case 'x' -> add((out, message, time) -> field.hex(out, message.payload(), HexFormat.of()));
                case 'X' ->
                    add((out, message, time) ->
                            field.hex(out, message.payload(), HexFormat.of().withUpperCase()));
                case 'f' -> add((out, message, time) -> field.decimal(out, Numbers.ofFloat(message)));
                case 'd' -> add((out, message, time) -> field.decimal(out, Numbers.ofDouble(message)));
                case 'l' -> add((out, message, time) -> field.number(out, message.payload().length));
                case 'q' ->
                    add((out, message, time) ->
                            text(out, String.valueOf(message.qos().level())));
                case 'r' -> add((out, message, time) -> text(out, message.retain() ? "1" : "0"));
                case 'm' -> add((out, message, time) -> field.number(out, 0)); // handlers do not see identifiers
                case 'I' -> add((out, message, time) -> field.string(out, ISO.format(time)));
                case 'U' ->
                    add((out, message, time) ->
                            text(out, String.format("%d.%09d", time.toEpochSecond(), time.getNano())));
                case 'j', 'J' -> {
                    MessageJson json = new MessageJson(c == 'j', pretty);
                    outside(
                            true,
                            (out, message, time) ->
                                    text(out, json.of(message, time, decoder == null ? null : decoder.of(message))));
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        /** Sequences for properties of MQTT 5; false: it is not one of them. */
        private boolean property(char c, FormatField field) {
            switch (c) {
                case 'A' -> number(field, Property.TOPIC_ALIAS);
                case 'E' -> number(field, Property.MESSAGE_EXPIRY_INTERVAL);
                case 'F' -> number(field, Property.PAYLOAD_FORMAT_INDICATOR);
                case 'S' -> number(field, Property.SUBSCRIPTION_IDENTIFIER);
                case 'C' -> string(field, Property.CONTENT_TYPE, field.width());
                case 'R' -> string(field, Property.RESPONSE_TOPIC, 0);
                case 'D' ->
                    outside(false, (out, message, time) -> {
                        byte[] data = message.correlationData();
                        if (data != null) {
                            out.writeBytes(data);
                        }
                    });
                case 'P' ->
                    outside(
                            false,
                            (out, message, time) -> text(
                                    out,
                                    message.userProperties().stream()
                                            .map(property -> property.name() + ":" + property.value())
                                            .collect(Collectors.joining(" "))));
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void number(FormatField field, Property<? extends Number> property) {
            add((out, message, time) -> {
                Number value = message.properties().get(property);
                if (value != null) {
                    field.number(out, value.longValue());
                } else {
                    field.blank(out, field.pad());
                }
            });
        }

        /** @param blanks where the message lacks the property */
        private void string(FormatField field, Property<String> property, int blanks) {
            outside(false, (out, message, time) -> {
                String value = message.properties().get(property);
                if (value != null) {
                    field.string(out, value);
                } else {
                    text(out, " ".repeat(blanks));
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
    }
}
