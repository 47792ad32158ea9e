package io.godwit.cli.output;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.WeekFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The conversions of strftime(3) in the C locale, one character each. */
final class Strftime {
    private static final Locale C = Locale.ENGLISH;

    private Strftime() {}

    /** The time in this conversion, or null when strftime has none of that letter. */
    static @Nullable String format(char conversion, ZonedDateTime time) {
        return switch (conversion) {
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, C);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, C);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, C);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, C);
            case 'c' -> by("EEE MMM ", time) + String.format("%2d", time.getDayOfMonth()) + by(" HH:mm:ss yyyy", time);
            case 'C' -> String.format("%02d", time.getYear() / 100);
            case 'd' -> by("dd", time);
            case 'D', 'x' -> by("MM/dd/yy", time);
            case 'e' -> String.format("%2d", time.getDayOfMonth());
            case 'F' -> by("yyyy-MM-dd", time);
            case 'g' -> String.format("%02d", time.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> by("HH", time);
            case 'I' -> by("hh", time);
            case 'j' -> String.format("%03d", time.getDayOfYear());
            case 'k' -> String.format("%2d", time.getHour());
            case 'l' -> String.format("%2d", time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'm' -> by("MM", time);
            case 'M' -> by("mm", time);
            case 'n' -> "\n";
            case 'p' -> by("a", time).toUpperCase(C);
            case 'P' -> by("a", time).toLowerCase(C);
            case 'r' -> by("hh:mm:ss ", time) + by("a", time).toUpperCase(C);
            case 'R' -> by("HH:mm", time);
            case 's' -> String.valueOf(time.toEpochSecond());
            case 'S' -> by("ss", time);
            case 't' -> "\t";
            case 'T', 'X' -> by("HH:mm:ss", time);
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'U' -> String.format("%02d", time.get(WeekFields.SUNDAY_START.weekOfYear()) - sundayShift(time));
            case 'V' -> String.format("%02d", time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'W' ->
                String.format(
                        "%02d", (time.getDayOfYear() + 6 - (time.getDayOfWeek().getValue() - 1)) / 7);
            case 'y' -> by("yy", time);
            case 'Y' -> String.valueOf(time.getYear());
            case 'z' -> by("Z", time);
            case 'Z' -> by("zzz", time);
            case '%' -> "%";
            default -> null;
        };
    }

    /** Java counts the days before the first Sunday as week 1, C as week 0. */
    private static int sundayShift(ZonedDateTime time) {
        return time.withDayOfYear(1).getDayOfWeek().getValue() % 7 == 0 ? 0 : 1;
    }

    private static String by(String pattern, ZonedDateTime time) {
        return DateTimeFormatter.ofPattern(pattern, C).format(time);
    }
}
