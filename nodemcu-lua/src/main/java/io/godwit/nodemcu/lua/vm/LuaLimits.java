package io.godwit.nodemcu.lua.vm;

import java.time.Duration;

/**
 * What one device may use.
 *
 * @param instructions virtual machine instructions per callback; a device would be reset after about a second
 * @param memoryBytes Lua's heap; garbage counts only if a collection could not free it
 * @param hostBytes memory outside of Lua's heap that the script holds through objects of modules: buffers, timers, tasks
 * @param callbackTime processor time per callback, including what native and Java functions take
 */
public record LuaLimits(long instructions, int memoryBytes, int hostBytes, Duration callbackTime) {

    private static final int DEFAULT_HOST_BYTES = 8 << 20;
    private static final Duration DEFAULT_TIME = Duration.ofSeconds(3);

    /** 20 million instructions (about half a second here), 1 MiB of Lua's heap, 8 MiB outside of it, 3 s. */
    public static final LuaLimits DEFAULT = new LuaLimits(20_000_000L, 1 << 20);

    public LuaLimits {
        if (instructions < 1_000 || memoryBytes < 64 * 1024 || hostBytes < 64 * 1024) {
            throw new IllegalArgumentException(
                    "invalid limits: Lua needs at least 1,000 instructions and 64 KiB to start, got " + instructions
                            + ", " + memoryBytes + " and " + hostBytes);
        }
        if (callbackTime.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("invalid callback time " + callbackTime + ": must be at least 100 ms");
        }
    }

    /** With 8 MiB outside of Lua's heap and 3 s per callback. */
    public LuaLimits(long instructions, int memoryBytes) {
        this(instructions, memoryBytes, DEFAULT_HOST_BYTES, DEFAULT_TIME);
    }
}
