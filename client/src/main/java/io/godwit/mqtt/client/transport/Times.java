package io.godwit.mqtt.client.transport;

import java.time.Duration;

/** Formats time limits for messages. */
public final class Times {

    private Times() {}

    /** Such as "10 s" or "250 ms". */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
