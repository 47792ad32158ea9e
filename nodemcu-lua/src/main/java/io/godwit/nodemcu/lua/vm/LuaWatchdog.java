package io.godwit.nodemcu.lua.vm;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * Bounds what one callback takes: instructions, counted by a hook inside Lua; processor time, native and Java functions
 * included; and memory outside of Lua's heap. Thread of the device only.
 */
final class LuaWatchdog {

    /** A budget by which the hook knows that memory, not time, is used up. */
    private static final long OUT_OF_MEMORY = -1_000_000_000_000_000L;
    /** After this much time in Java functions the callback's time is looked at. */
    private static final long JAVA_NANOS = 20_000_000;
    /** The argument of {@code lua_gc} that returns the KiB in use, and the one that returns the bytes beyond. */
    private static final int GC_COUNT = 3;

    private static final int GC_COUNT_BYTES = 4;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean CPU_TIME =
            THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

    // Set once.
    private final Lua51Natives c;
    private final long main;
    private final int registry;
    private final LuaLimits limits;
    private final long limitNanos;
    private int hookSlot;

    // Device thread only.
    private long beginNanos = -1;
    private long javaNanos;
    private long hostBytes;

    LuaWatchdog(Lua51Natives c, long main, int registry, LuaLimits limits) {
        this.c = c;
        this.main = main;
        this.registry = registry;
        this.limits = limits;
        this.limitNanos = limits.callbackTime().toNanos();
    }

    /** Takes the hook function on top of the stack. */
    void takeHook() {
        hookSlot = c.luaL_ref(main, registry);
    }

    /** Gives the next callback its full budget. */
    void begin() {
        beginNanos = -1;
        javaNanos = 0;
        setInstructions(limits.instructions());
    }

    /** Ends the running callback at its next instruction, whatever {@code pcall} the script has around it. */
    void end() {
        setInstructions(-1);
    }

    private void setInstructions(long instructions) {
        // The first upvalue of the hook function is the number of instructions left.
        c.luaJ_rawgeti(main, registry, hookSlot);
        c.lua_pushnumber(main, instructions);
        c.lua_setupvalue(main, -2, 1);
        c.lua_settop(main, -2);
    }

    /** Whether the callback has used up its time. The first question of a callback starts its clock. */
    boolean isOvertime() {
        long now = CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
        if (beginNanos < 0) {
            beginNanos = now;
        }
        return now - beginNanos > limitNanos;
    }

    /** Notes the time of a Java function. */
    void spent(long nanos) {
        javaNanos += nanos;
        if (javaNanos > JAVA_NANOS) {
            javaNanos = 0;
            if (isOvertime()) {
                end();
            }
        }
    }

    /**
     * Accounts for memory outside of Lua's heap that the script now holds.
     *
     * @throws LuaError if the device would be over its limit
     */
    void reserve(long bytes) {
        if (bytes > limits.hostBytes() - hostBytes) {
            // Objects that the script has dropped give theirs back when Lua collects them.
            c.lua_checkstack(main, 8);
            c.luaJ_gc(main);
            if (bytes > limits.hostBytes() - hostBytes) {
                setInstructions(OUT_OF_MEMORY);
                throw new LuaError("not enough memory");
            }
        }
        hostBytes += bytes;
    }

    void release(long bytes) {
        hostBytes = Math.max(0, hostBytes - bytes);
    }

    long hostBytes() {
        return hostBytes;
    }

    /** Memory in use by Lua's heap, garbage included, in bytes. */
    long heapBytes() {
        return c.lua_gc(main, GC_COUNT, 0) * 1024L + c.lua_gc(main, GC_COUNT_BYTES, 0);
    }
}
