package io.godwit.cli.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report.
 *
 * @param text for people
 * @param time that the step took, or null
 * @param details further lines for people
 * @param facts the same for programs: values are numbers, booleans, strings, lists and maps of these
 */
public record Finding(
        CheckStep step,
        Status status,
        String text,
        @Nullable Duration time,
        List<String> details,
        Map<String, Object> facts) {

    static Finding of(CheckStep step, Status status, String text) {
        return new Finding(step, status, text, null, List.of(), Map.of());
    }

    static Finding good(CheckStep step, String text) {
        return of(step, Status.GOOD, text);
    }

    static Finding warning(CheckStep step, String text) {
        return of(step, Status.WARNING, text);
    }

    static Finding failed(CheckStep step, String text) {
        return of(step, Status.FAILED, text);
    }

    static Finding skipped(CheckStep step, String text) {
        return of(step, Status.SKIPPED, text);
    }

    Finding took(long nanos) {
        return new Finding(step, status, text, Duration.ofNanos(Math.max(0, nanos)), details, facts);
    }

    Finding detail(String line) {
        List<String> more = new ArrayList<>(details);
        more.add(line);
        return new Finding(step, status, text, time, List.copyOf(more), facts);
    }

    Finding fact(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return new Finding(step, status, text, time, details, more);
    }
}
