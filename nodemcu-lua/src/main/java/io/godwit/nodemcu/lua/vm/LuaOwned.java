package io.godwit.nodemcu.lua.vm;

/**
 * A Java object behind an object of a script that has reserved memory with {@link LuaCall#reserve}. What it still holds is
 * released when the script's object is collected.
 */
public interface LuaOwned {

    /** The bytes that the object has reserved and not released. */
    long hostBytes();
}
