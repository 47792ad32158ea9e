package io.godwit.nodemcu.lua.vm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.JFunction;

/** The functions that the prelude gets from the host, by the names it uses. */
final class LuaHostFunctions {

    static final Map<String, JFunction> ALL = all();

    /** What the bounded functions of {@code string} and {@code table} are loaded with, in the order of their names there. */
    private static final List<JFunction> OF_BOUNDS = List.of(
            new LuaFunctionAdapter(LuaPattern::find, "find", false),
            new LuaFunctionAdapter(LuaHostFunctions::findPlain, "plain", false),
            new LuaFunctionAdapter(call -> call.machine.push(call.state, Prelude.PATTERNS), "patterns", false),
            new LuaFunctionAdapter(call -> call.push(LuaChunks.signed(call.bytes(1))), "sign", false));

    private LuaHostFunctions() {}

    private static Map<String, JFunction> all() {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("global", LuaHostFunctions::lookupGlobal);
        functions.put("loadfile", LuaHostFunctions::loadFile);
        functions.put("print", LuaHostFunctions::print);
        functions.put("bounds", LuaHostFunctions::loadBounds);
        functions.put("random", LuaHostFunctions::random);
        functions.put("overtime", call -> call.push(call.machine.watchdog().isOvertime()));
        functions.put("contents", call -> call.machine.objects().contents(call));
        functions.put("verified", call -> call.pushAny(LuaChunks.verified(call.bytes(1))));
        Map<String, JFunction> adapted = new LinkedHashMap<>();
        functions.forEach((name, function) -> adapted.put(name, new LuaFunctionAdapter(function, name, false)));
        adapted.put("readonly", LuaObjects.readOnly());
        return Map.copyOf(adapted);
    }

    private static int loadBounds(LuaCall call) {
        call.machine.push(call.state, Prelude.BOUNDS);
        for (JFunction function : OF_BOUNDS) {
            call.c.luaJ_pushfunction(call.state, function);
        }
        return 1 + OF_BOUNDS.size();
    }

    private static int lookupGlobal(LuaCall call) {
        if (!call.isString(2)) {
            return 0;
        }
        LuaMachine machine = call.machine;
        LuaLibrary library = machine.environment().modules().apply(call.text(2));
        if (library == null) {
            return 0;
        }
        machine.objects().pushModule(call.state, library);
        return 1;
    }

    /**
     * {@code loadfile(name)}. A compiled file that is missing, or was compiled elsewhere, is read from its source if that is
     * there, as if a deploy tool had compiled it; {@code require}, which looks for both, asks for the exact name.
     */
    private static int loadFile(LuaCall call) {
        String name = call.text(1);
        Function<String, byte @Nullable []> files = call.machine.environment().source();
        byte[] source = files.apply(name);
        boolean exact = call.truth(2);
        if (!exact && name.endsWith(".lc") && (source == null || LuaChunks.isForeign(source))) {
            byte[] uncompiled = files.apply(name.substring(0, name.length() - 3) + ".lua");
            source = uncompiled == null ? source : uncompiled;
        }
        if (source == null) {
            return call.failure("cannot open " + name);
        }
        String problem = call.load(source, "@" + name);
        return problem == null ? 1 : call.failure(problem);
    }

    private static int print(LuaCall call) {
        call.machine.environment().print().accept(call.bytes(1));
        return 0;
    }

    /** {@code find(s, text, init)} in time proportional to the lengths, by Knuth, Morris and Pratt. */
    private static int findPlain(LuaCall call) {
        byte[] source = call.bytes(1);
        byte[] wanted = call.bytes(2);
        long init = call.integer(3);
        long from = init < 0 ? Math.max(0, source.length + init) : Math.max(0, init - 1);
        if (from + wanted.length > source.length) {
            return call.pushNil();
        }
        int[] fallback = new int[wanted.length + 1];
        for (int i = 1, k = 0; i < wanted.length; i++) {
            while (k > 0 && wanted[i] != wanted[k]) {
                k = fallback[k];
            }
            k = wanted[i] == wanted[k] ? k + 1 : 0;
            fallback[i + 1] = k;
        }
        for (int i = (int) from, k = 0; i < source.length; i++) {
            while (k > 0 && source[i] != wanted[k]) {
                k = fallback[k];
            }
            k = source[i] == wanted[k] ? k + 1 : 0;
            if (k == wanted.length) {
                return call.pushAll(i - k + 2, i + 1);
            }
        }
        return call.pushNil();
    }

    private static int random(LuaCall call) {
        RandomGenerator random = call.machine.environment().random();
        int arguments = call.count();
        if (arguments == 0) {
            return call.push(random.nextDouble());
        }
        long low = arguments == 1 ? 1 : call.integer(1);
        long high = call.integer(arguments == 1 ? 1 : 2);
        if (low > high) {
            throw call.argument(arguments == 1 ? 1 : 2, "interval is empty");
        }
        return call.push(low + Math.floor(random.nextDouble() * ((double) high - low + 1.0)));
    }
}
