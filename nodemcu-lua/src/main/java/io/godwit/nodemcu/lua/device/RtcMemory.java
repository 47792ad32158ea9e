package io.godwit.nodemcu.lua.device;

import org.jspecify.annotations.Nullable;

/**
 * What survives deep sleep and restart but not the loss of power: 128 words and the date. Thread of the device only.
 */
public final class RtcMemory {

    public static final int WORDS = 128;

    private int @Nullable [] words;
    private boolean dateSet;
    private long dateOffset;

    public int read(int index) {
        return words == null ? 0 : words[index];
    }

    public void write(int index, int value) {
        if (words == null) {
            words = new int[WORDS];
        }
        words[index] = value;
    }

    /** Microseconds since 1970, or 0 while no date was set; {@code age} is the device's own time in microseconds. */
    public long dateMicros(long age) {
        return dateSet ? age + dateOffset : 0;
    }

    public void setDate(long micros, long age) {
        dateSet = true;
        dateOffset = micros - age;
    }

    public void shift(long micros) {
        dateOffset += micros;
    }

    void clear() {
        words = null;
        dateSet = false;
    }
}
