package io.godwit.nodemcu.lua.vm;

import party.iroiro.luajava.Lua;
import party.iroiro.luajava.lua51.Lua51;

/** The binding's object for a Lua state, which leads back to the machine. */
final class LuaState extends Lua51 {

    private final LuaMachine machine;

    LuaState(LuaMachine machine) {
        this.machine = machine;
    }

    static LuaMachine machineOf(Lua lua) {
        return ((LuaState) lua.getMainState()).machine;
    }

    /** Releases a coroutine that has called Java: the binding would keep it for as long as the state lives. */
    static void forgetCoroutine(Lua lua) {
        if (lua != lua.getMainState()) {
            lua.close();
        }
    }
}
