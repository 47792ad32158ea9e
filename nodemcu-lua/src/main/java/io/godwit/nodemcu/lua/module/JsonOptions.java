package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaRef;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code sjson}.
 *
 * @param depth how deep tables may be nested
 * @param nullText the string that stands for null; null for {@code sjson.NULL}
 * @param metatable for the tables that are decoded
 */
record JsonOptions(
        int depth, byte @Nullable [] nullText, @Nullable LuaRef metatable) {

    private static final int DEFAULT_DEPTH = 20;
    private static final int MOST_DEPTH = 100;

    static JsonOptions read(LuaCall call, int index) {
        if (call.isNoneOrNil(index)) {
            return new JsonOptions(DEFAULT_DEPTH, null, null);
        }
        call.needTable(index);
        double depth = call.numberField(index, "depth", DEFAULT_DEPTH);
        if (!(depth >= 1 && depth <= MOST_DEPTH)) {
            throw call.argument(index, "depth must be between 1 and " + MOST_DEPTH);
        }
        Object nullText = call.field(index, "null");
        int at = call.pushField(index, "metatable");
        LuaRef metatable = call.isTable(at) ? call.ref(at) : null;
        call.pop(1);
        return new JsonOptions((int) depth, nullText instanceof byte[] bytes ? bytes : null, metatable);
    }
}
