package io.godwit.nodemcu.lua.device;

/** Sees output before it is printed, as {@code node.output} does; for one boot. */
@FunctionalInterface
public interface OutputHook {

    /** Takes a line; returns whether to print it as well. */
    boolean output(byte[] line);
}
