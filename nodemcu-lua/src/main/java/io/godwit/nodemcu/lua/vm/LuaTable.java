package io.godwit.nodemcu.lua.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table on its way from Java into Lua, as the argument of a callback. */
public final class LuaTable {

    private record Field(@Nullable Object key, @Nullable Object value) {}

    private final List<Field> fields = new ArrayList<>();

    public LuaTable with(String key, @Nullable Object value) {
        fields.add(new Field(key, value));
        return this;
    }

    /** Appends to the list part. */
    public LuaTable add(@Nullable Object value) {
        fields.add(new Field((double) (fields.size() + 1), value));
        return this;
    }

    void pushTo(LuaMachine machine, long state) {
        machine.natives().lua_checkstack(state, 6);
        machine.natives().lua_createtable(state, 0, fields.size());
        for (Field field : fields) {
            machine.pushAny(state, field.key());
            machine.pushAny(state, field.value());
            machine.natives().lua_rawset(state, -3);
        }
    }
}
