package io.godwit.cli.fleet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with values in it, made for each device and message: {@code ${id}}, {@code ${index}}, {@code ${counter}},
 * {@code ${time}}, {@code ${epoch}}, {@code ${millis}}, {@code ${random 18..25 0.1}}, {@code ${walk 18..25 0.2}},
 * {@code ${sine 18..25 60}}, {@code ${choice on|off}}, {@code ${hex 8}}, the columns of the identities, and in the answer to
 * a command {@code ${topic}} and {@code ${payload}}. {@code client}, {@code i} and {@code now} are other names of {@code id},
 * {@code counter} and {@code time}. In braces, as in {@code {{i}}}, too. Immutable.
 */
public final class Template {

    private static final Pattern VALUE = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern IN_BRACES = Pattern.compile("\\{\\{([^{}]*)}}");
    private static final Pattern RANGE =
            Pattern.compile("^(random|walk|sine) (-?[0-9]+(?:[.][0-9]+)?) (-?[0-9]+(?:[.][0-9]+)?)(?=$| )");
    private static final Set<String> PLAIN =
            Set.of("id", "index", "counter", "time", "epoch", "millis", "topic", "payload");

    private final String text;
    private final List<Function<Values, String>> parts;

    private Template(String text, List<Function<Values, String>> parts) {
        this.text = text;
        this.parts = parts;
    }

    /**
     * Reads a template.
     *
     * @param columns the columns of the identities
     * @throws IllegalArgumentException if a value is unknown; the message says which there are
     */
    public static Template of(String text, Set<String> columns) {
        return of(text, columns, VALUE, "${");
    }

    /** The same with values in double braces: {@code {{i}}}, {@code {{random 0 100}}}. */
    public static Template inBraces(String text, Set<String> columns) {
        return of(text, columns, IN_BRACES, "{{");
    }

    private static Template of(String text, Set<String> columns, Pattern pattern, String opening) {
        List<Function<Values, String>> parts = new ArrayList<>();
        Matcher value = pattern.matcher(text);
        int at = 0;
        while (value.find()) {
            literal(text.substring(at, value.start()), opening, parts);
            parts.add(value(value.group(), usual(value.group(1).strip(), columns), columns));
            at = value.end();
        }
        literal(text.substring(at), opening, parts);
        return new Template(text, List.copyOf(parts));
    }

    /** The name that a value usually has, and {@code random 0..100} for {@code random 0 100}. */
    private static String usual(String expression, Set<String> columns) {
        if (columns.contains(expression)) {
            return expression;
        }
        return switch (expression) {
            case "client" -> "id";
            case "i" -> "counter";
            case "now" -> "time";
            default -> RANGE.matcher(expression).replaceFirst("$1 $2..$3");
        };
    }

    private static void literal(String text, String opening, List<Function<Values, String>> parts) {
        if (text.contains(opening)) {
            throw new IllegalArgumentException(
                    "'" + text + "': " + opening + " without " + (opening.equals("{{") ? "}}" : "}"));
        }
        if (!text.isEmpty()) {
            parts.add(values -> text);
        }
    }

    private static Function<Values, String> value(String written, String expression, Set<String> columns) {
        if (columns.contains(expression) || PLAIN.contains(expression)) {
            return values -> values.get(expression);
        }
        String[] words = expression.split("\\s+");
        try {
            switch (words[0]) {
                case "random", "walk", "sine" -> {
                    String[] bounds = words[1].split("\\.\\.");
                    double low = Double.parseDouble(bounds[0]);
                    double high = Double.parseDouble(bounds[1]);
                    double third = words.length > 2 ? Double.parseDouble(words[2]) : 0;
                    boolean finite = Double.isFinite(low) && Double.isFinite(high) && Double.isFinite(third);
                    if (!finite || low > high || third < 0 || words.length > 3) {
                        throw new IllegalArgumentException();
                    }
                    return number(words[0], expression, low, high, third);
                }
                case "choice" -> {
                    String[] choices = expression.substring(7).strip().split("\\|");
                    if (choices.length == 0) {
                        throw new IllegalArgumentException();
                    }
                    return values -> choices[values.random().nextInt(choices.length)].strip();
                }
                case "hex" -> {
                    int digits = Integer.parseInt(words[1]);
                    if (digits < 1 || digits > 1_000_000) {
                        throw new IllegalArgumentException();
                    }
                    return values -> hex(values, digits);
                }
                default -> throw new IllegalArgumentException();
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "unknown value '" + written + "': must be id, index, counter, time, epoch, millis, "
                            + "random 18..25 0.1, walk 18..25 0.2, sine 18..25 60, choice on|off, hex 8"
                            + (columns.isEmpty() ? "" : ", or a column: " + String.join(", ", columns)),
                    e);
        }
    }

    private static Function<Values, String> number(
            String kind, String expression, double low, double high, double third) {
        return switch (kind) {
            case "random" ->
                values -> {
                    double value = low + values.random().nextDouble() * (high - low);
                    return shown(third > 0 ? low + Math.rint((value - low) / third) * third : value);
                };
            case "walk" -> values -> shown(values.walk(expression, low, high, third > 0 ? third : (high - low) / 20));
            default ->
                values -> {
                    double seconds = (values.now() - values.started()) / 1e9;
                    double period = third > 0 ? third : 60;
                    return shown((low + high) / 2 + (high - low) / 2 * Math.sin(2 * Math.PI * seconds / period));
                };
        };
    }

    private static String shown(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    private static String hex(Values values, int digits) {
        StringBuilder hex = new StringBuilder(digits);
        for (int i = 0; i < digits; i++) {
            hex.append(Character.forDigit(values.random().nextInt(16), 16));
        }
        return hex.toString();
    }

    /** What a template can ask for. One device, one message. */
    public interface Values {
        String get(String name);

        RandomGenerator random();

        /** The last values of the device's walks, by their names. */
        Map<String, Double> walks();

        /** The next value of the device's walk of that name: at most a step from the last one. */
        default double walk(String name, double low, double high, double step) {
            double last = walks().getOrDefault(name, (low + high) / 2);
            double next = Math.max(low, Math.min(high, last + (random().nextDouble() * 2 - 1) * step));
            walks().put(name, next);
            return next;
        }

        long started();

        default long now() {
            return System.nanoTime();
        }
    }

    /** The text with these values. */
    public String fill(Values values) {
        if (parts.size() == 1) {
            return parts.get(0).apply(values);
        }
        StringBuilder filled = new StringBuilder();
        parts.forEach(part -> filled.append(part.apply(values)));
        return filled.toString();
    }

    /** The values that do not change with the device or the message, for {@link #fill}. */
    public static @Nullable String common(String name) {
        Instant now = Instant.now();
        return switch (name) {
            case "time" -> now.toString();
            case "epoch" -> String.valueOf(now.getEpochSecond());
            case "millis" -> String.valueOf(now.toEpochMilli());
            default -> null;
        };
    }

    /** Checks that a template has none of the values that only messages have. */
    public Template constant() {
        for (String name : List.of("counter", "topic", "payload")) {
            if (text.contains("${" + name + "}")) {
                throw new IllegalArgumentException("'" + text + "': ${" + name + "} is only known for a message");
            }
        }
        return this;
    }

    @Override
    public String toString() {
        return text;
    }
}
