package io.godwit.nodemcu.lua.device;

import io.godwit.nodemcu.lua.vm.LuaError;

/** A module that may handle an uncaught error itself, as {@code node.setonerror} does. */
@FunctionalInterface
public interface ErrorHook {

    /** Handles the error, or returns false for the device's own reaction. */
    boolean handles(LuaError error);
}
