package io.godwit.nodemcu.lua.vm;

/**
 * What one callback of one device may use before the watchdog ends it.
 *
 * @param instructions virtual machine instructions for each call into Lua; a device would be reset after about a second
 * @param memoryBytes Lua heap, garbage included only when a collection could not free it
 */
public record LuaLimits(long instructions, int memoryBytes) {

    /** 20 million instructions (about half a second here) and 1 MiB, three times what an ESP32 leaves to Lua. */
    public static final LuaLimits DEFAULT = new LuaLimits(20_000_000L, 1 << 20);

    public LuaLimits {
        if (instructions < 1_000 || memoryBytes < 64 * 1024) {
            throw new IllegalArgumentException("at least 1,000 instructions and 64 KiB are needed to start Lua, got "
                    + instructions + " and " + memoryBytes);
        }
    }
}
