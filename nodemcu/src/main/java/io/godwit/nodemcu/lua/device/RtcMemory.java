package io.godwit.nodemcu.lua.device;

import org.jspecify.annotations.Nullable;

/** The 128 words that survive deep sleep and restart but not the loss of power. Thread of the device only. */
public final class RtcMemory {

    public static final int WORDS = 128;

    private int @Nullable [] words;

    public int read(int index) {
        return words == null ? 0 : words[index];
    }

    public void write(int index, int value) {
        if (words == null) {
            words = new int[WORDS];
        }
        words[index] = value;
    }

    void clear() {
        words = null;
    }
}
