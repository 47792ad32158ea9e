package io.godwit.mqtt.client.transport;

import java.time.Duration;

/** Writes time limits for people. */
public final class Times {

    private Times() {}

    /** Such as "10 s" or "250 ms". */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    /** For Netty's options, which want an int. */
    static int millis(Duration duration) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
    }
}
