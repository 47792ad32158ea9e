package io.godwit.nodemcu.lua.device;

/** What a device does after an error that its script did not catch; the traceback is printed in each case. */
public enum OnError {
    /** As the chip does: a fresh Lua state, the same files. */
    RESTART,
    /** The device stays off. */
    STOP,
    /** The next event is handled as if nothing had happened. */
    IGNORE,
    /** As {@link #STOP}, and the test that owns the device fails. */
    FAIL
}
