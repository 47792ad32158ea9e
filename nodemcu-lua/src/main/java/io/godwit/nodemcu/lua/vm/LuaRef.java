package io.godwit.nodemcu.lua.vm;

/**
 * A Lua value that Java holds on to: a callback, or the object a callback gets as its first argument. Belongs to one
 * machine and dies with it.
 */
public final class LuaRef {

    private final LuaMachine machine;
    // Device thread only. Zero once released.
    private int slot;

    LuaRef(LuaMachine machine, int slot) {
        this.machine = machine;
        this.slot = slot;
    }

    int slot() {
        return slot;
    }

    /** Whether the value is still held. */
    public boolean isHeld() {
        return slot != 0 && !machine.isClosed();
    }

    LuaMachine machine() {
        return machine;
    }

    /** Lets the garbage collector have the value; a second call does nothing. */
    public void release() {
        if (slot != 0) {
            machine.unref(slot);
            slot = 0;
        }
    }
}
