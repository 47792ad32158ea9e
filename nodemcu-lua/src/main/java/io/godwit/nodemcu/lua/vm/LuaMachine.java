package io.godwit.nodemcu.lua.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.AbstractLua;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.Lua;
import party.iroiro.luajava.lua51.Lua51;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * One Lua 5.1 state, closed to the outside: no operating system, no native code, no binary chunks, no debug library, and
 * a watchdog that counts instructions and memory. Strings are bytes in both directions.
 *
 * <p>Not thread-safe: the device that owns the machine calls it from one thread at a time. Every call that can raise an
 * error goes through {@code lua_pcall}; outside of it an error would end the process.
 */
public final class LuaMachine implements AutoCloseable {

    private static final String[] LIBRARIES = {"", "package", "string", "table", "math", "debug", "coroutine"};
    private static final ByteBuffer PRELUDE = resource("prelude.lua");
    private static final ByteBuffer SLOW_PATTERNS = resource("patterns.lua");
    /** The value of {@code LUA_MULTRET}. */
    private static final int ALL_RESULTS = -1;

    // Set once.
    private final Object owner;
    private final Environment environment;
    private final LuaLimits limits;
    private final State lua;
    private final Lua51Natives c;
    private final long main;
    private final int registry;
    private final int watchSlot;
    private final int handlerSlot;

    // Thread of the device only.
    private final Map<Long, Object> objects = new HashMap<>();
    private final Map<LuaLibrary, Integer> metatables = new HashMap<>();
    private final Map<LuaLibrary, Integer> readOnly = new HashMap<>();
    private boolean closed;

    /**
     * What the machine asks of its host.
     *
     * @param modules the ROM module of a name, or null
     * @param print takes a line of {@code print}, without its end
     * @param source the text of a file for {@code require}, {@code dofile} and {@code loadfile}, or null
     * @param random feeds {@code math.random}; {@code math.randomseed} is the host's to interpret
     */
    public record Environment(
            Function<String, @Nullable LuaLibrary> modules,
            Consumer<byte[]> print,
            Function<String, byte @Nullable []> source,
            RandomGenerator random) {}

    public LuaMachine(Object owner, Environment environment, LuaLimits limits) {
        this.owner = owner;
        this.environment = environment;
        this.limits = limits;
        this.lua = new State(this);
        this.c = (Lua51Natives) lua.getLuaNatives();
        this.main = lua.getPointer();
        this.registry = c.getRegistryIndex();
        for (String library : LIBRARIES) {
            lua.openLibrary(library);
        }
        c.lua_settop(main, 0);
        if (c.luaJ_loadbuffer(main, PRELUDE, PRELUDE.limit(), "=[prelude]") != 0) {
            throw new IllegalStateException("the prelude does not compile: " + c.lua_tostring(main, -1));
        }
        c.lua_pushnumber(main, limits.instructions());
        c.lua_pushnumber(main, limits.memoryBytes() / 1024.0);
        for (JFunction function : HOST_FUNCTIONS) {
            c.luaJ_pushfunction(main, function);
        }
        if (c.lua_pcall(main, 2 + HOST_FUNCTIONS.length, 2, 0) != 0) {
            throw new IllegalStateException("the prelude failed: " + c.lua_tostring(main, -1));
        }
        handlerSlot = c.luaL_ref(main, registry);
        watchSlot = c.luaL_ref(main, registry);
        // The memory of starting up is no garbage of the script.
        c.luaJ_gc(main);
    }

    static LuaMachine of(Lua lua) {
        return ((State) lua.getMainState()).machine;
    }

    Lua51Natives natives() {
        return c;
    }

    Object owner() {
        return owner;
    }

    int registry() {
        return registry;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Memory in use by Lua, garbage included, in bytes. */
    public long memoryBytes() {
        return c.lua_gc(main, 3, 0) * 1024L + c.lua_gc(main, 4, 0);
    }

    /** Runs a full garbage collection. */
    public void collectGarbage() {
        c.luaJ_gc(main);
    }

    public LuaLimits limits() {
        return limits;
    }

    // ---- calls into Lua

    /** Runs a chunk of source text. A {@code chunkName} of {@code @init.lua} names a file in messages. */
    public void run(byte[] source, String chunkName) {
        int handler = pushHandler();
        String problem = load(main, source, chunkName);
        if (problem != null) {
            c.lua_settop(main, handler - 1);
            throw new LuaError(problem, problem);
        }
        finish(handler, 0, 0);
    }

    /** Runs a line of the interactive prompt and returns what it evaluates to, tab separated, or an empty string. */
    public String evaluate(String line) {
        int handler = pushHandler();
        String problem = load(main, ("return " + line).getBytes(StandardCharsets.UTF_8), "=stdin");
        if (problem != null) {
            problem = load(main, line.getBytes(StandardCharsets.UTF_8), "=stdin");
        }
        if (problem != null) {
            c.lua_settop(main, handler - 1);
            throw new LuaError(problem, problem);
        }
        resetBudget();
        if (c.lua_pcall(main, 0, ALL_RESULTS, handler) != 0) {
            throw failure(handler);
        }
        StringBuilder text = new StringBuilder();
        LuaCall view = new LuaCall(this, main, "prompt", false);
        for (int i = handler + 1; i <= c.lua_gettop(main); i++) {
            text.append(i == handler + 1 ? "" : "\t").append(view.isString(i) ? view.text(i) : describe(view, i));
        }
        c.lua_settop(main, handler - 1);
        return text.toString();
    }

    private static String describe(LuaCall view, int index) {
        return view.isBoolean(index) ? String.valueOf(view.truth(index)) : view.typeName(index);
    }

    /** Calls a function of the script with values as {@link LuaCall#pushAny} takes them. */
    public void call(LuaRef function, @Nullable Object... arguments) {
        if (!function.isHeld()) {
            return;
        }
        int handler = pushHandler();
        if (c.lua_checkstack(main, arguments.length + 3) == 0) {
            throw new LuaError("too many arguments for a callback");
        }
        pushRef(main, function);
        for (Object argument : arguments) {
            pushAny(main, argument);
        }
        finish(handler, arguments.length, 0);
    }

    private int pushHandler() {
        c.lua_checkstack(main, 8);
        c.luaJ_rawgeti(main, registry, handlerSlot);
        return c.lua_gettop(main);
    }

    private void finish(int handler, int arguments, int results) {
        resetBudget();
        if (c.lua_pcall(main, arguments, results, handler) != 0) {
            throw failure(handler);
        }
        c.lua_settop(main, handler - 1);
    }

    private LuaError failure(int handler) {
        LuaCall view = new LuaCall(this, main, "error", false);
        String text = view.isString(-1) ? view.text(-1) : "(error object is a " + view.typeName(-1) + " value)";
        c.lua_settop(main, handler - 1);
        int trace = text.indexOf("\nstack traceback:");
        return trace < 0 ? new LuaError(text, text) : new LuaError(text.substring(0, trace), tidy(text, trace));
    }

    /** Takes the host's own frames out of a traceback. */
    private static String tidy(String text, int trace) {
        StringBuilder tidy = new StringBuilder(text.substring(0, trace));
        for (String line : text.substring(trace + 1).split("\n")) {
            if (!line.contains("[prelude]") && !line.contains("(tail call)") && !line.equals("\t[C]: ?")) {
                tidy.append('\n').append(line);
            }
        }
        return tidy.toString();
    }

    /** Gives the next call its full budget. */
    private void resetBudget() {
        setBudget(limits.instructions());
    }

    /**
     * Ends the running call as the watchdog would, whatever {@code pcall} the script has around it: for a restart from
     * within the script. The caller throws a {@link LuaError} right after.
     */
    public void endRunningCall() {
        setBudget(-1);
    }

    private void setBudget(long instructions) {
        // The first upvalue of the watchdog function is the budget that is left.
        c.luaJ_rawgeti(main, registry, watchSlot);
        c.lua_pushnumber(main, instructions);
        c.lua_setupvalue(main, -2, 1);
        c.lua_settop(main, -2);
    }

    @Nullable
    String load(long state, byte[] source, String chunkName) {
        if (source.length > 0 && source[0] == 0x1B) {
            return chunkName.substring(1) + ": binary chunks are not run here; give the source";
        }
        ByteBuffer direct = ByteBuffer.allocateDirect(Math.max(1, source.length));
        int start = 0;
        if (source.length > 0 && source[0] == '#') {
            // As the device does: a first line for Unix is skipped, its line end kept for the numbering.
            while (start < source.length && source[start] != '\n') {
                start++;
            }
        }
        direct.put(source, start, source.length - start);
        if (c.luaJ_loadbuffer(state, direct, source.length - start, chunkName) == 0) {
            return null;
        }
        LuaCall view = new LuaCall(this, state, "load", false);
        String problem = view.isString(-1) ? view.text(-1) : "not enough memory";
        view.pop(1);
        return problem;
    }

    /** Compiles without running; null when the text is a correct chunk, else Lua's message. */
    public @Nullable String check(byte[] source, String chunkName) {
        String problem = load(main, source, chunkName);
        if (problem == null) {
            c.lua_settop(main, -2);
        }
        return problem;
    }

    // ---- values

    void pushAny(long state, @Nullable Object value) {
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
            table.pushTo(this, state);
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
        if (ref.isHeld() && ref.machine() == this) {
            c.luaJ_rawgeti(state, registry, ref.slot());
        } else {
            c.lua_pushnil(state);
        }
    }

    void unref(int slot) {
        if (!closed) {
            c.luaL_unref(main, registry, slot);
        }
    }

    /** Makes a script's object for a Java object outside of any call, for callbacks that are given a new object. */
    public LuaRef newObject(Object object, LuaLibrary methods) {
        c.lua_checkstack(main, 8);
        pushObject(main, object, methods);
        return new LuaRef(this, c.luaL_ref(main, registry));
    }

    void pushObject(long state, Object object, LuaLibrary methods) {
        long address = c.lua_newuserdata(state, 8);
        objects.put(address, object);
        Integer slot = metatables.get(methods);
        if (slot == null) {
            c.lua_createtable(state, 0, 3);
            pushLookupTable(state, methods);
            c.lua_setfield(state, -2, "__index");
            c.luaJ_pushfunction(state, new Collector(methods.collected));
            c.lua_setfield(state, -2, "__gc");
            c.lua_pushboolean(state, 0);
            c.lua_setfield(state, -2, "__metatable");
            slot = c.luaL_ref(state, registry);
            metatables.put(methods, slot);
        }
        c.luaJ_rawgeti(state, registry, slot);
        c.lua_setmetatable(state, -2);
    }

    /** Takes a dead object out of the machine's table, after the library had a last look at it. */
    private record Collector(@Nullable JFunction before) implements JFunction {
        @Override
        public int __call(Lua lua) {
            LuaMachine machine = of(lua);
            if (before != null && !machine.closed) {
                before.__call(lua);
            }
            machine.objects.remove(machine.c.lua_touserdata(lua.getPointer(), 1));
            return 0;
        }
    }

    @Nullable
    Object object(long address) {
        return objects.get(address);
    }

    /** Pushes a module as the device shows it: a table that cannot be written to. */
    void pushReadOnly(long state, LuaLibrary library) {
        Integer known = readOnly.get(library);
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
        c.lua_pushvalue(state, -1);
        readOnly.put(library, c.luaL_ref(state, registry));
    }

    /** A table that fills itself from the library, entry by entry, as the script asks. */
    private void pushLookupTable(long state, LuaLibrary library) {
        c.lua_createtable(state, 0, 0);
        c.lua_createtable(state, 0, 1);
        c.luaJ_pushfunction(state, library.lookup);
        c.lua_setfield(state, -2, "__index");
        c.lua_setmetatable(state, -2);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lua.close();
            objects.clear();
        }
    }

    // ---- what the prelude calls

    private static final JFunction READ_ONLY = new Trampoline(
            call -> {
                throw new LuaError("invalid write to ROM variable");
            },
            "__newindex",
            false);

    /** In the order of the prelude's parameters. */
    private static final JFunction[] HOST_FUNCTIONS = {
        new Trampoline(LuaMachine::lookupGlobal, "_G", false),
        new Trampoline(LuaMachine::loadFile, "loadfile", false),
        new Trampoline(LuaMachine::print, "print", false),
        new Trampoline(LuaMachine::forget, "coroutine", false),
        new Trampoline(LuaPattern::find, "find", false),
        new Trampoline(LuaMachine::loadSlowPatterns, "find", false),
        new Trampoline(LuaMachine::random, "random", false),
        new Trampoline(call -> 0, "randomseed", false),
        READ_ONLY,
    };

    private static int lookupGlobal(LuaCall call) {
        if (!call.isString(2)) {
            return 0;
        }
        LuaMachine machine = call.machine;
        LuaLibrary library = machine.environment.modules().apply(call.text(2));
        if (library == null) {
            return 0;
        }
        machine.pushReadOnly(call.state, library);
        return 1;
    }

    private static int loadFile(LuaCall call) {
        String name = call.text(1);
        byte[] source = call.machine.environment.source().apply(name);
        if (source == null) {
            return call.failure("cannot open " + name);
        }
        String problem = call.load(source, "@" + name);
        return problem == null ? 1 : call.failure(problem);
    }

    private static int print(LuaCall call) {
        call.machine.environment.print().accept(call.bytes(1));
        return 0;
    }

    /** A coroutine that called Java is pinned by the binding; once it is dead nothing needs it. */
    private static int forget(LuaCall call) {
        call.machine.lua.forget(call.c.lua_tothread(call.state, 1));
        return 0;
    }

    private static int loadSlowPatterns(LuaCall call) {
        if (call.c.luaJ_loadbuffer(call.state, SLOW_PATTERNS, SLOW_PATTERNS.limit(), "=[prelude]") != 0) {
            throw new LuaError("the pattern functions do not compile");
        }
        return 1;
    }

    private static int random(LuaCall call) {
        RandomGenerator random = call.machine.environment.random();
        int arguments = call.count();
        if (arguments == 0) {
            return call.push(random.nextDouble());
        }
        long low = arguments == 1 ? 1 : call.integer(1);
        long high = call.integer(arguments == 1 ? 1 : 2);
        if (low > high) {
            throw call.argument(arguments == 1 ? 1 : 2, "interval is empty");
        }
        return call.push(low + Math.floor(random.nextDouble() * (high - low + 1.0)));
    }

    private static ByteBuffer resource(String name) {
        try (InputStream in = Objects.requireNonNull(LuaMachine.class.getResourceAsStream(name), name)) {
            byte[] bytes = in.readAllBytes();
            return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The binding's object for the state, which finds its way back to the machine. */
    private static final class State extends Lua51 {
        private final LuaMachine machine;

        State(LuaMachine machine) {
            this.machine = machine;
        }

        void forget(long pointer) {
            AbstractLua dead = null;
            for (Lua thread : subThreads) {
                if (thread.getPointer() == pointer) {
                    dead = (AbstractLua) thread;
                }
            }
            if (dead != null) {
                dead.close();
            }
        }
    }
}
