package io.godwit.nodemcu.lua.vm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * One call from Lua into Java: its arguments, checked as Lua's own library checks them, and the place to push results.
 * Valid until the function returns, on the thread that called it. Every access is raw (no metamethods): a Lua error
 * must never unwind through Java frames.
 */
public final class LuaCall {

    static final int NIL = 0;
    static final int BOOLEAN = 1;
    static final int LIGHT_USERDATA = 2;
    static final int NUMBER = 3;
    static final int STRING = 4;
    static final int TABLE = 5;
    static final int FUNCTION = 6;
    static final int USERDATA = 7;

    private static final String[] TYPES = {
        "nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread"
    };

    final LuaMachine machine;
    final Lua51Natives c;
    final long state;
    private final String label;
    private final boolean method;

    LuaCall(LuaMachine machine, long state, String label, boolean method) {
        this.machine = machine;
        this.c = machine.natives();
        this.state = state;
        this.label = label;
        this.method = method;
    }

    /** What the machine runs for: the device. */
    public <T> T owner(Class<T> type) {
        return type.cast(machine.owner());
    }

    public LuaMachine machine() {
        return machine;
    }

    /**
     * Accounts for memory that the script now holds through an object; see {@link LuaMachine#reserve}.
     *
     * @throws LuaError if the device would be over its limit; the running callback ends
     */
    public void reserve(long bytes) {
        machine.reserve(bytes);
    }

    /** How many arguments there are, or values on the stack once results have been pushed. */
    public int count() {
        return c.lua_gettop(state);
    }

    // ---- types

    private int type(int index) {
        return c.lua_type(state, index);
    }

    public String typeName(int index) {
        int type = type(index);
        return type < 0 ? "no value" : TYPES[type];
    }

    public boolean isNoneOrNil(int index) {
        return type(index) <= NIL;
    }

    public boolean isBoolean(int index) {
        return type(index) == BOOLEAN;
    }

    /** A number, or a string that reads as one. */
    public boolean isNumber(int index) {
        return c.lua_isnumber(state, index) != 0;
    }

    /** A string, or a number. */
    public boolean isString(int index) {
        int type = type(index);
        return type == STRING || type == NUMBER;
    }

    public boolean isTable(int index) {
        return type(index) == TABLE;
    }

    public boolean isFunction(int index) {
        return type(index) == FUNCTION;
    }

    public boolean isUserdata(int index) {
        return type(index) == USERDATA;
    }

    // ---- arguments

    public boolean truth(int index) {
        return c.lua_toboolean(state, index) != 0;
    }

    public double number(int index) {
        if (!isNumber(index)) {
            throw expected(index, "number");
        }
        return c.lua_tonumber(state, index);
    }

    public double number(int index, double absent) {
        return isNoneOrNil(index) ? absent : number(index);
    }

    /** The number cut to a long, as {@code luaL_checkinteger} does; NaN is 0. */
    public long integer(int index) {
        return (long) number(index);
    }

    public long integer(int index, long absent) {
        return isNoneOrNil(index) ? absent : integer(index);
    }

    /** An integer within limits, or an argument error that states them. */
    public int between(int index, int low, int high) {
        double value = number(index);
        if (!(value >= low && value <= high)) {
            throw argument(index, "must be between " + low + " and " + high);
        }
        return (int) value;
    }

    /** The bytes of a string argument, or of a number as Lua writes it. */
    public byte[] bytes(int index) {
        if (!isString(index)) {
            throw expected(index, "string");
        }
        return rawBytes(index);
    }

    public byte[] bytes(int index, byte[] absent) {
        return isNoneOrNil(index) ? absent : bytes(index);
    }

    private byte[] rawBytes(int index) {
        if (type(index) == NUMBER) {
            // The conversion happens in place, which would confuse a table walk: convert a copy.
            c.lua_pushvalue(state, index);
            byte[] copy = copyOf(-1);
            c.lua_settop(state, -2);
            return copy;
        }
        return copyOf(index);
    }

    private byte[] copyOf(int index) {
        ByteBuffer view = (ByteBuffer) Objects.requireNonNull(c.luaJ_todirectbuffer(state, index));
        byte[] copy = new byte[view.remaining()];
        view.get(copy);
        return copy;
    }

    /** A string argument with one char per byte: for names, formats and addresses. */
    public String text(int index) {
        return new String(bytes(index), StandardCharsets.ISO_8859_1);
    }

    public String text(int index, String absent) {
        return isNoneOrNil(index) ? absent : text(index);
    }

    /** Holds on to any value beyond this call. */
    public LuaRef ref(int index) {
        c.lua_pushvalue(state, index);
        return new LuaRef(machine, c.luaL_ref(state, machine.registry()));
    }

    /** Whether the argument is the very value that is held. */
    public boolean isSame(int index, LuaRef held) {
        push(held);
        boolean same = c.lua_rawequal(state, index, -1) != 0;
        pop(1);
        return same;
    }

    public LuaRef function(int index) {
        if (!isFunction(index)) {
            throw expected(index, "function");
        }
        return ref(index);
    }

    /** A function, or null where there is none. */
    public @Nullable LuaRef functionOrNull(int index) {
        return isNoneOrNil(index) ? null : function(index);
    }

    /** The Java object behind an object of a module. */
    public <T> T object(int index, Class<T> type, String luaName) {
        Object object = objectOrNull(index);
        if (!type.isInstance(object)) {
            throw expected(index, luaName);
        }
        return type.cast(object);
    }

    public @Nullable Object objectOrNull(int index) {
        return isUserdata(index) ? machine.objects().object(c.lua_touserdata(state, index)) : null;
    }

    // ---- tables

    public void needTable(int index) {
        if (!isTable(index)) {
            throw expected(index, "table");
        }
    }

    /** The length of a table or string, without metamethods. */
    public int length(int index) {
        return (int) c.lua_objlen(state, index);
    }

    /** Pushes a field of the table at {@code index}; pop it with {@link #pop}. */
    public int pushField(int index, String key) {
        room(2);
        int table = absolute(index);
        pushText(key);
        c.luaJ_rawget(state, table);
        return count();
    }

    public int pushIndex(int index, int position) {
        room(1);
        c.luaJ_rawgeti(state, index, position);
        return count();
    }

    public void pop(int values) {
        c.lua_settop(state, -values - 1);
    }

    public @Nullable Object field(int index, String key) {
        int at = pushField(index, key);
        Object value = value(at);
        pop(1);
        return value;
    }

    public @Nullable LuaRef functionField(int index, String key) {
        int at = pushField(index, key);
        LuaRef ref = isFunction(at) ? ref(at) : null;
        pop(1);
        return ref;
    }

    public @Nullable String textField(int index, String key) {
        int at = pushField(index, key);
        String text = isString(at) ? text(at) : null;
        pop(1);
        return text;
    }

    public double numberField(int index, String key, double absent) {
        int at = pushField(index, key);
        double number = isNumber(at) ? number(at) : absent;
        pop(1);
        return number;
    }

    /** The numbers of a list; anything else ends it. */
    public List<Double> numbers(int index) {
        needTable(index);
        List<Double> numbers = new ArrayList<>();
        for (int i = 1; ; i++) {
            int at = pushIndex(index, i);
            boolean more = isNumber(at);
            if (more) {
                numbers.add(number(at));
            }
            pop(1);
            if (!more) {
                return numbers;
            }
        }
    }

    /**
     * A copy of a value: Boolean, Double, byte[] for a string, null for nil and for what has no Java form.
     */
    public @Nullable Object value(int index) {
        return switch (type(index)) {
            case BOOLEAN -> truth(index);
            case NUMBER -> c.lua_tonumber(state, index);
            case STRING -> rawBytes(index);
            default -> null;
        };
    }

    /** The entries of a table with string or number keys, in the table's order, keys as Lua prints them. */
    public Map<String, @Nullable Object> entries(int index) {
        needTable(index);
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        walk(index, (key, value) -> entries.put(text(key), value(value)));
        return entries;
    }

    /** Visits each entry whose key is a string or number; key and value stand on the stack during the visit. */
    public void walk(int index, TableVisitor visitor) {
        room(4);
        int table = absolute(index);
        c.lua_pushnil(state);
        while (c.lua_next(state, table) != 0) {
            int value = count();
            if (isString(value - 1)) {
                visitor.visit(value - 1, value);
            }
            c.lua_settop(state, value - 1);
        }
    }

    /** Sees one entry of a table. */
    @FunctionalInterface
    public interface TableVisitor {
        void visit(int keyIndex, int valueIndex);
    }

    // ---- results

    public int push(boolean value) {
        room(1);
        c.lua_pushboolean(state, value ? 1 : 0);
        return 1;
    }

    public int push(double value) {
        room(1);
        c.lua_pushnumber(state, value);
        return 1;
    }

    public int push(byte[] value) {
        room(2);
        machine.values().pushBytes(state, value);
        return 1;
    }

    public int push(String value) {
        room(2);
        machine.values().pushString(state, value);
        return 1;
    }

    public int push(LuaRef value) {
        room(1);
        machine.values().pushRef(state, value);
        return 1;
    }

    public int pushNil() {
        room(1);
        c.lua_pushnil(state);
        return 1;
    }

    /** Pushes a Boolean, Number, String, byte[], {@link LuaRef} or null. */
    public int pushAny(@Nullable Object value) {
        room(2);
        machine.values().push(state, value);
        return 1;
    }

    public int pushAll(@Nullable Object... values) {
        for (Object value : values) {
            pushAny(value);
        }
        return values.length;
    }

    /** Pushes the first values and returns how many: the usual {@code nil, message} pair of Lua. */
    public int failure(String message) {
        pushNil();
        push(message);
        return 2;
    }

    /** Makes a Java object known to the script; the script's object lives as long as the script holds it. */
    public int pushObject(Object object, LuaLibrary methods) {
        room(4);
        machine.objects().pushObject(state, object, methods);
        return 1;
    }

    /** Pushes a function made on the spot, for libraries with open-ended names. */
    public int pushFunction(String name, boolean asMethod, LuaFunction function) {
        room(4);
        c.luaJ_pushfunction(state, new LuaFunctionAdapter(function, name, asMethod));
        return 1;
    }

    /** Pushes a library as a read-only table. */
    public int pushLibrary(LuaLibrary library) {
        room(6);
        machine.objects().pushModule(state, library);
        return 1;
    }

    /** Pushes a copy of the value at {@code index}. */
    public int pushCopy(int index) {
        room(1);
        c.lua_pushvalue(state, index);
        return 1;
    }

    public int newTable() {
        room(2);
        c.lua_createtable(state, 0, 0);
        return count();
    }

    /** Sets a field of a table made by {@link #newTable}. */
    public void set(int table, String key, @Nullable Object value) {
        room(4);
        machine.values().pushString(state, key);
        machine.values().push(state, value);
        c.lua_rawset(state, table);
    }

    public void set(int table, int position, @Nullable Object value) {
        room(3);
        machine.values().push(state, value);
        c.lua_rawseti(state, table, position);
    }

    /** Pops the topmost value into a field of a table made by {@link #newTable}. */
    public void setTop(int table, String key) {
        room(2);
        machine.values().pushString(state, key);
        c.lua_insert(state, -2);
        c.lua_rawset(state, table);
    }

    /** Pops the two topmost values, key and value, into a table made by {@link #newTable}. */
    public void setTopTwo(int table) {
        c.lua_rawset(state, table);
    }

    public void setTop(int table, int position) {
        c.lua_rawseti(state, table, position);
    }

    /**
     * Calls the function that stands on the stack before its arguments; its results take their place.
     *
     * @throws LuaError what the function raised
     */
    public void invoke(int arguments, int results) {
        room(results + 2);
        if (c.lua_pcall(state, arguments, results, 0) != 0) {
            String message = isString(-1)
                    ? new String(bytes(-1), StandardCharsets.UTF_8)
                    : "(error object is a " + typeName(-1) + " value)";
            pop(1);
            throw LuaError.passedOn(message);
        }
    }

    /** Pops the topmost value into a field of any table, through its metatable as an assignment of the script. */
    public void assignTop(int table, Object key) {
        room(8);
        machine.values().push(state, key);
        c.lua_insert(state, -2);
        if (c.lua_getmetatable(state, table) == 0) {
            c.lua_rawset(state, table);
            return;
        }
        machine.values().pushString(state, "__newindex");
        c.luaJ_rawget(state, -2);
        // On the stack: key, value, metatable, handler.
        if (!isFunction(-1)) {
            pop(2);
            c.lua_rawset(state, table);
            return;
        }
        c.lua_insert(state, -4);
        pop(1);
        c.lua_pushvalue(state, table);
        c.lua_insert(state, -3);
        invoke(3, 0);
    }

    /** Gives the table at one index the table at the other as its metatable. */
    public void setMetatable(int table, int metatable) {
        room(1);
        c.lua_pushvalue(state, metatable);
        c.lua_setmetatable(state, table);
    }

    /** Loads source text as a function and pushes it, or pushes nothing and returns the message of the syntax error. */
    public @Nullable String load(byte[] source, String chunkName) {
        room(2);
        return machine.load(state, source, chunkName);
    }

    // ---- errors

    public LuaError argument(int index, String problem) {
        int shown = method ? index - 1 : index;
        return shown == 0
                ? new LuaError("calling '" + label + "' on bad self (" + problem + ")")
                : new LuaError("bad argument #" + shown + " to '" + label + "' (" + problem + ")");
    }

    public LuaError expected(int index, String what) {
        return argument(index, what + " expected, got " + typeName(index));
    }

    /** The script's line that made this call, as {@code init.lua:12}, or an empty string. */
    public String where() {
        c.luaL_where(state, 1);
        String where = new String(copyOf(-1), StandardCharsets.ISO_8859_1);
        pop(1);
        return where.endsWith(": ") ? where.substring(0, where.length() - 2) : where;
    }

    int raise(LuaError error) {
        if (!error.isComplete()) {
            return raise(error.getMessage());
        }
        c.lua_settop(state, 0);
        room(3);
        machine.values().pushString(state, error.getMessage());
        return -1;
    }

    int raise(String message) {
        c.lua_settop(state, 0);
        room(3);
        c.luaL_where(state, 1);
        machine.values().pushString(state, message);
        c.lua_concat(state, 2);
        return -1;
    }

    // ---- for the library

    void pushEntry(Object entry) {
        room(6);
        if (entry instanceof LuaFunctionAdapter function) {
            c.luaJ_pushfunction(state, function);
        } else if (entry instanceof LuaLibrary nested) {
            machine.objects().pushModule(state, nested);
        } else if (entry instanceof LuaFunction producer) {
            producer.call(this);
        } else {
            machine.values().push(state, entry);
        }
    }

    /** Keeps the entry on top in the table at 1 under the key at 2, and leaves it on top. */
    void storeEntry() {
        room(2);
        c.lua_pushvalue(state, 2);
        c.lua_pushvalue(state, -2);
        c.lua_rawset(state, 1);
    }

    private void pushText(String key) {
        machine.values().pushString(state, key);
    }

    private int absolute(int index) {
        return index > 0 ? index : count() + 1 + index;
    }

    private void room(int slots) {
        if (c.lua_checkstack(state, slots) == 0) {
            throw new LuaError("stack overflow in '" + label + "'");
        }
    }
}
