package io.godwit.nodemcu.lua.vm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.lua51.Lua51Natives;

/** Pushes Java values onto a Lua stack. The caller has made room for six. */
final class LuaValues {

    private final LuaMachine machine;
    private final Lua51Natives c;
    private final int registry;

    LuaValues(LuaMachine machine, Lua51Natives c, int registry) {
        this.machine = machine;
        this.c = c;
        this.registry = registry;
    }

    /** Pushes a Boolean, Number, String, byte[], {@link LuaRef}, {@link LuaTable} or null. */
    void push(long state, @Nullable Object value) {
        if (value == null) {
            c.lua_pushnil(state);
        } else if (value instanceof String text) {
            pushString(state, text);
        } else if (value instanceof byte[] bytes) {
            pushBytes(state, bytes);
        } else if (value instanceof Number number) {
            c.lua_pushnumber(state, number.doubleValue());
        } else if (value instanceof Boolean truth) {
            c.lua_pushboolean(state, truth ? 1 : 0);
        } else if (value instanceof LuaRef ref) {
            pushRef(state, ref);
        } else if (value instanceof LuaTable table) {
            pushTable(state, table);
        } else {
            throw new IllegalArgumentException(
                    "no Lua form for " + value.getClass().getName());
        }
    }

    void pushString(long state, String text) {
        for (int i = 0; i < text.length(); i++) {
            char ch = text.charAt(i);
            if (ch == 0 || ch > 0x7F) {
                pushBytes(state, text.getBytes(StandardCharsets.UTF_8));
                return;
            }
        }
        c.luaJ_pushstring(state, text);
    }

    /**
     * Pushes any bytes. The binding takes only Java strings, in a form that cannot carry a zero or a byte above 127; what
     * holds such bytes goes in as the source of a chunk that returns one string, with the few bytes escaped that would
     * end it.
     */
    void pushBytes(long state, byte[] bytes) {
        boolean plain = true;
        for (byte b : bytes) {
            if (b <= 0) {
                plain = false;
                break;
            }
        }
        if (plain) {
            c.luaJ_pushstring(state, new String(bytes, StandardCharsets.ISO_8859_1));
            return;
        }
        byte[] escaped = new byte[bytes.length * 4 + 9];
        int at = 0;
        for (char ch : "return \"".toCharArray()) {
            escaped[at++] = (byte) ch;
        }
        for (byte b : bytes) {
            if (b == '"' || b == '\\' || b == '\n' || b == '\r' || b == 0) {
                escaped[at++] = '\\';
                escaped[at++] = '0';
                escaped[at++] = (byte) ('0' + b / 10);
                escaped[at++] = (byte) ('0' + b % 10);
            } else {
                escaped[at++] = b;
            }
        }
        escaped[at++] = '"';
        ByteBuffer source = ByteBuffer.allocateDirect(at).put(escaped, 0, at);
        if (c.luaJ_loadbuffer(state, source, at, "=") != 0 || c.lua_pcall(state, 0, 1, 0) != 0) {
            c.lua_settop(state, -2);
            throw new LuaError("not enough memory for a string of " + bytes.length + " bytes");
        }
    }

    void pushRef(long state, LuaRef ref) {
        if (ref.isHeld() && ref.machine() == machine) {
            c.luaJ_rawgeti(state, registry, ref.slot());
        } else {
            c.lua_pushnil(state);
        }
    }

    private void pushTable(long state, LuaTable table) {
        List<Map.Entry<@Nullable Object, @Nullable Object>> fields = table.fields();
        c.lua_checkstack(state, 6);
        c.lua_createtable(state, 0, fields.size());
        for (Map.Entry<@Nullable Object, @Nullable Object> field : fields) {
            push(state, field.getKey());
            push(state, field.getValue());
            c.lua_rawset(state, -3);
        }
    }
}
