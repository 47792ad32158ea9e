package io.godwit.cli.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are cut on purpose while it is measured, without DISCONNECT, and come back.
 *
 * @param churn connections cut a second, at random; 0: none
 * @param storm how often all connections are cut at once; null: never
 * @param keepsSessions whether the broker keeps what is sent meanwhile
 */
public record Disturbance(double churn, @Nullable Duration storm, boolean keepsSessions) {
    /** None. */
    public static final Disturbance NONE = new Disturbance(0, null, false);

    public Disturbance {
        if (!(churn >= 0 && churn <= 1e6)) {
            throw new IllegalArgumentException("--churn " + churn + ": connections a second, from 0 to 1000000");
        }
        if (storm != null && storm.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("--storm " + storm + ": must be at least 100ms");
        }
    }

    boolean isNone() {
        return churn == 0 && storm == null;
    }

    /** For people. */
    String text() {
        String often = churn == 0 ? "" : Formats.rate(churn) + " connections a second cut";
        Duration every = storm;
        return every == null
                ? often
                : often + (often.isEmpty() ? "" : ", ") + "all cut every " + Formats.time(every.toNanos());
    }
}
