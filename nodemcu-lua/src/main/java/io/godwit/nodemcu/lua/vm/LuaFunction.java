package io.godwit.nodemcu.lua.vm;

/** A function of a module, written in Java. It is called on the thread that runs the device, one call at a time. */
@FunctionalInterface
public interface LuaFunction {

    /**
     * Reads arguments from and pushes results to {@code call}.
     *
     * @return how many of the values pushed are results
     * @throws LuaError what the script sees as a Lua error at the line of its call
     */
    int call(LuaCall call);
}
