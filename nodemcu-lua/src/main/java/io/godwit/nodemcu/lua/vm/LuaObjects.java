package io.godwit.nodemcu.lua.vm;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.Lua;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * What a script sees of Java: objects with methods, and modules as tables that cannot be written to. Both are filled from
 * their {@link LuaLibrary} entry by entry, as the script asks. Thread of the device only.
 */
final class LuaObjects {

    /** What an object costs beside the data that its module accounts for. */
    private static final int OBJECT_BYTES = 400;

    private static final JFunction READ_ONLY = new LuaFunctionAdapter(
            call -> {
                throw new LuaError("invalid write to ROM variable");
            },
            "__newindex",
            false);

    private final LuaMachine machine;
    private final Lua51Natives c;
    private final int registry;
    private final Map<Long, Object> objects = new HashMap<>();
    private final Map<LuaLibrary, Integer> metatables = new HashMap<>();
    private final Map<LuaLibrary, Integer> modules = new HashMap<>();
    private final Map<Long, LuaLibrary> libraries = new HashMap<>();

    LuaObjects(LuaMachine machine, Lua51Natives c, int registry) {
        this.machine = machine;
        this.c = c;
        this.registry = registry;
    }

    static JFunction readOnly() {
        return READ_ONLY;
    }

    @Nullable
    Object object(long address) {
        return objects.get(address);
    }

    void clear() {
        objects.clear();
    }

    void pushObject(long state, Object object, LuaLibrary methods) {
        machine.watchdog().reserve(OBJECT_BYTES);
        long address = c.lua_newuserdata(state, 8);
        objects.put(address, object);
        Integer slot = metatables.get(methods);
        if (slot == null) {
            c.lua_createtable(state, 0, 3);
            pushLookupTable(state, methods);
            c.lua_setfield(state, -2, "__index");
            c.luaJ_pushfunction(state, new Collector(methods.collected));
            c.lua_setfield(state, -2, "__gc");
            for (Map.Entry<String, JFunction> metamethod : methods.metamethods.entrySet()) {
                c.luaJ_pushfunction(state, metamethod.getValue());
                c.lua_setfield(state, -2, metamethod.getKey());
            }
            c.lua_pushboolean(state, 0);
            c.lua_setfield(state, -2, "__metatable");
            slot = c.luaL_ref(state, registry);
            metatables.put(methods, slot);
        }
        c.luaJ_rawgeti(state, registry, slot);
        c.lua_setmetatable(state, -2);
    }

    /** Takes a dead object out of the table, after its library had a last look at it. */
    private record Collector(@Nullable JFunction before) implements JFunction {
        @Override
        public int __call(Lua lua) {
            LuaMachine machine = LuaState.machineOf(lua);
            if (before != null && !machine.isClosed()) {
                before.__call(lua);
            }
            Object dead = machine.objects().objects.remove(machine.natives().lua_touserdata(lua.getPointer(), 1));
            if (dead instanceof LuaOwned owned) {
                machine.watchdog().release(owned.hostBytes());
            }
            machine.watchdog().release(OBJECT_BYTES);
            return 0;
        }
    }

    /** Pushes a module as the device shows it: a table that cannot be written to. */
    void pushModule(long state, LuaLibrary library) {
        Integer known = modules.get(library);
        if (known != null) {
            c.luaJ_rawgeti(state, registry, known);
            return;
        }
        c.lua_createtable(state, 0, 0);
        c.lua_createtable(state, 0, 3);
        pushLookupTable(state, library);
        c.lua_setfield(state, -2, "__index");
        c.luaJ_pushfunction(state, READ_ONLY);
        c.lua_setfield(state, -2, "__newindex");
        c.lua_pushboolean(state, 0);
        c.lua_setfield(state, -2, "__metatable");
        c.lua_setmetatable(state, -2);
        libraries.put(c.lua_topointer(state, -1), library);
        c.lua_pushvalue(state, -1);
        modules.put(library, c.luaL_ref(state, registry));
    }

    /** A table that fills itself from the library, entry by entry, as the script asks. */
    private void pushLookupTable(long state, LuaLibrary library) {
        c.lua_createtable(state, 0, 0);
        c.lua_createtable(state, 0, 1);
        c.luaJ_pushfunction(state, library.lookup);
        c.lua_setfield(state, -2, "__index");
        c.lua_setmetatable(state, -2);
    }

    /** For {@code pairs}: pushes the complete contents of the module at 1, or returns 0 if it is not a module. */
    int contents(LuaCall call) {
        LuaLibrary library = libraries.get(c.lua_topointer(call.state, 1));
        if (library == null) {
            return 0;
        }
        int contents = call.newTable();
        for (String name : library.names()) {
            library.push(call, name);
            call.setTop(contents, name);
        }
        return 1;
    }
}
