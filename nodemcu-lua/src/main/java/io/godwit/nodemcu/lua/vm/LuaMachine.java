package io.godwit.nodemcu.lua.vm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * One Lua 5.1 state, closed to the outside: no operating system, no native code, no binary chunks of others, no debug
 * library, and a watchdog for instructions, time and memory. Strings are bytes in both directions.
 *
 * <p>Not thread-safe: the device that owns the machine calls it from one thread at a time. Every call that can raise an
 * error goes through {@code lua_pcall}; outside of it an error would end the process.
 */
public final class LuaMachine implements AutoCloseable {

    private static final String[] LIBRARIES = {"", "package", "string", "table", "math", "os", "debug", "coroutine"};
    /** The value of {@code LUA_MULTRET}. */
    private static final int ALL_RESULTS = -1;

    // Set once.
    private final Object owner;
    private final Environment environment;
    private final LuaLimits limits;
    private final LuaState lua;
    private final Lua51Natives c;
    private final long main;
    private final int registry;
    private final LuaWatchdog watchdog;
    private final LuaChunks chunks;
    private final LuaValues values;
    private final LuaObjects objects;
    private final int handlerSlot;

    // Device thread only.
    private boolean closed;

    /**
     * What the machine needs from its host.
     *
     * @param modules the ROM module of a name, or null
     * @param print receives a line of {@code print}, without its end
     * @param source the text of a file for {@code require}, {@code dofile} and {@code loadfile}, or null
     * @param random feeds {@code math.random}; {@code math.randomseed} does nothing
     * @param used sees the whole name of each function, such as {@code wifi.sta.getip}, when a script first names it
     */
    public record Environment(
            Function<String, @Nullable LuaLibrary> modules,
            Consumer<byte[]> print,
            Function<String, byte @Nullable []> source,
            RandomGenerator random,
            BiConsumer<LuaCall, String> used) {

        public Environment(
                Function<String, @Nullable LuaLibrary> modules,
                Consumer<byte[]> print,
                Function<String, byte @Nullable []> source,
                RandomGenerator random) {
            this(modules, print, source, random, (call, name) -> {});
        }
    }

    /**
     * Makes a state and loads the native library if it is the first.
     *
     * @throws LuaUnavailableException if this platform has no native library or it cannot be loaded
     */
    public LuaMachine(Object owner, Environment environment, LuaLimits limits) {
        this.owner = owner;
        this.environment = environment;
        this.limits = limits;
        NativeLua.load();
        this.lua = new LuaState(this);
        this.c = (Lua51Natives) lua.getLuaNatives();
        this.main = lua.getPointer();
        this.registry = c.getRegistryIndex();
        this.watchdog = new LuaWatchdog(c, main, registry, limits);
        this.chunks = new LuaChunks(c);
        this.values = new LuaValues(this, c, registry);
        this.objects = new LuaObjects(this, c, registry);
        this.handlerSlot = runPrelude();
    }

    /**
     * Loads the native library, which otherwise happens with the first machine.
     *
     * @throws LuaUnavailableException if this platform has no native library or it cannot be loaded
     */
    public static void load() {
        NativeLua.load();
    }

    /** Closes the state to the outside; returns the slot of the error handler. */
    private int runPrelude() {
        for (String library : LIBRARIES) {
            lua.openLibrary(library);
        }
        c.lua_settop(main, 0);
        push(main, Prelude.MAIN);
        c.lua_pushnumber(main, limits.instructions());
        c.lua_pushnumber(main, limits.memoryBytes() / 1024.0);
        c.lua_createtable(main, 0, LuaHostFunctions.ALL.size());
        for (Map.Entry<String, JFunction> function : LuaHostFunctions.ALL.entrySet()) {
            c.luaJ_pushfunction(main, function.getValue());
            c.lua_setfield(main, -2, function.getKey());
        }
        if (c.lua_pcall(main, 3, 2, 0) != 0) {
            throw new IllegalStateException("the prelude failed: " + c.lua_tostring(main, -1));
        }
        int handler = c.luaL_ref(main, registry);
        watchdog.takeHook();
        // The memory of starting up is not the script's garbage.
        c.luaJ_gc(main);
        return handler;
    }

    /** Pushes a part of the prelude as a function. */
    int push(long state, ByteBuffer part) {
        if (c.luaJ_loadbuffer(state, part, part.limit(), "=" + Prelude.NAME) != 0) {
            throw new IllegalStateException("the prelude cannot be loaded: " + c.lua_tostring(state, -1));
        }
        return 1;
    }

    Lua51Natives natives() {
        return c;
    }

    Object owner() {
        return owner;
    }

    Environment environment() {
        return environment;
    }

    LuaWatchdog watchdog() {
        return watchdog;
    }

    LuaValues values() {
        return values;
    }

    LuaObjects objects() {
        return objects;
    }

    LuaChunks chunks() {
        return chunks;
    }

    int registry() {
        return registry;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Memory in use by Lua, garbage included, in bytes. */
    public long memoryBytes() {
        return watchdog.heapBytes();
    }

    /** Memory outside of Lua's heap that the script holds through objects of modules, in bytes. */
    public long hostBytes() {
        return watchdog.hostBytes();
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

    /**
     * Runs input of the interactive prompt: an expression, an expression after {@code =} as on a board, or statements.
     *
     * @return what it evaluates to, tab separated, or an empty string
     */
    public String evaluate(String input) {
        int handler = pushHandler();
        String problem = loadPrompt(input);
        if (problem != null) {
            c.lua_settop(main, handler - 1);
            throw new LuaError(problem, problem);
        }
        watchdog.begin();
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

    private @Nullable String loadPrompt(String input) {
        String text = input.stripLeading();
        boolean shown = text.startsWith("=");
        String problem =
                load(main, ("return " + (shown ? text.substring(1) : text)).getBytes(StandardCharsets.UTF_8), "=stdin");
        return problem == null || shown ? problem : load(main, input.getBytes(StandardCharsets.UTF_8), "=stdin");
    }

    /** Whether input of the prompt is the beginning of a statement that goes on in the next line. */
    public boolean isIncomplete(String input) {
        String problem = loadPrompt(input);
        if (problem == null) {
            c.lua_settop(main, -2);
            return false;
        }
        return problem.endsWith("near '<eof>'");
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
        if (c.lua_checkstack(main, arguments.length + 6) == 0) {
            throw new LuaError("too many arguments for a callback");
        }
        values.pushRef(main, function);
        for (Object argument : arguments) {
            values.push(main, argument);
        }
        finish(handler, arguments.length, 0);
    }

    private int pushHandler() {
        c.lua_checkstack(main, 8);
        c.luaJ_rawgeti(main, registry, handlerSlot);
        return c.lua_gettop(main);
    }

    private void finish(int handler, int arguments, int results) {
        watchdog.begin();
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
        String message = withoutPrelude(trace < 0 ? text : text.substring(0, trace));
        return new LuaError(message, trace < 0 ? message : message + tidy(text, trace));
    }

    private static String withoutPrelude(String message) {
        return message.startsWith(Prelude.NAME) ? message.replaceFirst("^\\[prelude]:\\d+: ", "") : message;
    }

    /** The traceback without the host's own frames. */
    private static String tidy(String text, int trace) {
        StringBuilder tidy = new StringBuilder();
        for (String line : text.substring(trace + 1).split("\n")) {
            if (!line.contains(Prelude.NAME) && !line.contains("(tail call)") && !line.equals("\t[C]: ?")) {
                tidy.append('\n').append(line);
            }
        }
        return tidy.toString();
    }

    /**
     * Ends the running call as the watchdog would, whatever {@code pcall} the script has around it: for a restart from
     * within the script. The caller throws a {@link LuaError} right after.
     */
    public void endRunningCall() {
        watchdog.end();
    }

    @Nullable
    String load(long state, byte[] source, String chunkName) {
        return chunks.load(new LuaCall(this, state, "load", false), source, chunkName);
    }

    /** Compiles without running; null if the text is a correct chunk, else Lua's message. */
    public @Nullable String check(byte[] source, String chunkName) {
        String problem = load(main, source, chunkName);
        if (problem == null) {
            c.lua_settop(main, -2);
        }
        return problem;
    }

    /** Makes a script's object for a Java object outside of any call, for callbacks that get a new object. */
    public LuaRef newObject(Object object, LuaLibrary methods) {
        c.lua_checkstack(main, 8);
        objects.pushObject(main, object, methods);
        return new LuaRef(this, c.luaL_ref(main, registry));
    }

    /**
     * Accounts for memory outside of Lua's heap that the script now holds: the bytes of a buffer, a queued task.
     *
     * @throws LuaError if the device would be over its limit; the running callback ends
     */
    public void reserve(long bytes) {
        watchdog.reserve(bytes);
    }

    /** Gives back what {@link #reserve} took. */
    public void release(long bytes) {
        watchdog.release(bytes);
    }

    void unref(int slot) {
        if (!closed) {
            c.luaL_unref(main, registry, slot);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lua.close();
            objects.clear();
        }
    }
}
