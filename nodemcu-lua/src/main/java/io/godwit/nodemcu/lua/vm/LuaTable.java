package io.godwit.nodemcu.lua.vm;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table on its way from Java into Lua, as the argument of a callback. */
public final class LuaTable {

    private final List<Map.Entry<@Nullable Object, @Nullable Object>> fields = new ArrayList<>();
    private int listLength;

    public LuaTable with(String key, @Nullable Object value) {
        fields.add(new AbstractMap.SimpleImmutableEntry<>(key, value));
        return this;
    }

    /** Appends to the list part. */
    public LuaTable add(@Nullable Object value) {
        fields.add(new AbstractMap.SimpleImmutableEntry<>((double) ++listLength, value));
        return this;
    }

    List<Map.Entry<@Nullable Object, @Nullable Object>> fields() {
        return fields;
    }
}
