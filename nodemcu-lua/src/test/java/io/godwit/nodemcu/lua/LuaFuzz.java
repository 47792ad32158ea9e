package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.lua.device.OnError;
import io.godwit.nodemcu.lua.module.Modules;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Calls every function of Lua's library and of the modules with arguments that nobody should pass: huge, negative and
 * fractional numbers, cyclic tables, wrong types, bytes that are not text.
 *
 * <p>A run is right if the process lives, every script ends in time, and no function fails inside the host. The scripts are
 * reproducible by their seed.
 */
final class LuaFuzz {

    private static final List<String> LIBRARY = List.of(
            "assert",
            "collectgarbage",
            "dofile",
            "error",
            "getfenv",
            "getmetatable",
            "ipairs",
            "load",
            "loadfile",
            "loadstring",
            "next",
            "pairs",
            "pcall",
            "print",
            "rawequal",
            "rawget",
            "rawset",
            "require",
            "select",
            "setfenv",
            "setmetatable",
            "tonumber",
            "tostring",
            "type",
            "unpack",
            "xpcall",
            "module",
            "debug.traceback");

    private static final List<String> METHODS = List.of(
            "register",
            "alarm",
            "start",
            "stop",
            "unregister",
            "interval",
            "state",
            "read",
            "write",
            "readline",
            "writeline",
            "seek",
            "flush",
            "close",
            "connect",
            "on",
            "publish",
            "subscribe",
            "unsubscribe",
            "lwt",
            "send",
            "listen",
            "hold",
            "unhold",
            "dns",
            "getpeer",
            "getaddr",
            "ttl",
            "fill",
            "set",
            "get",
            "shift",
            "fade",
            "size",
            "power",
            "mix",
            "replace",
            "sub",
            "update",
            "finalize",
            "result",
            "metatable",
            "schedule",
            "handler",
            "request",
            "getpin",
            "channels",
            "map",
            "drawStr",
            "setFont",
            "transaction",
            "transfer",
            "device",
            "remove");

    /** Left out because they end the boot, as they should. */
    private static final List<String> ENDING =
            List.of("node.restart", "node.dsleep", "node.sleep", "rtctime.dsleep", "rtctime.dsleep_aligned");

    private static final String PREAMBLE = """
            local cyclic = {1, 2, 3} cyclic.self = cyclic cyclic[4] = cyclic
            local deep = {} do local t = deep for i = 1, 300 do t.x = {} t = t.x end end
            local function f(...) return ... end
            local v = {
              false, true, 0, 1, -1, 2, 3, 4, 7, 8, 16, 80, 255, 256, 65535, 65536, 1.5, -0.5, 1e9, 2^31, 2^31 - 1, -2^31,
              2^32, 2^53, -2^53, 2^63, 1e308, -1e308, 1/0, -1/0, 0/0, "", "x", "init.lua", "a.txt", "message", "data", "%%",
              "[", "(", "%%b()", "%%1", "%%f", "1883", "-1", "1e400", "0x10", "\\0\\255\\128", ("x"):rep(300),
              ("ab"):rep(20000), ("("):rep(3000), "http://127.0.0.1:1/", "{\\"a\\":[1,{}]}", "r", "w+", "set", "end",
              {}, {1, 2, 3}, {a = 1, b = {}}, cyclic, deep, setmetatable({}, {__index = function() return 1 end}),
              f, print, coroutine.create(f), tmr.create(), mqtt.Client("fuzz", 60), file.open("a.txt", "w+"),
            }
            local n = #v
            local function try(name, ok, ...)
              if not ok and tostring((...)):find("inside the host", 1, true) then print("HOST", name, (...)) end
              for i = 1, select("#", ...) do
                local r = select(i, ...)
                if type(r) == "userdata" and n < 200 then n = n + 1 v[n] = r end
              end
            end
            local function call(name, f, ...) try(name, pcall(f, ...)) end
            """;

    private final Random random;

    LuaFuzz(long seed) {
        this.random = new Random(seed);
    }

    /** Every function by its full name. */
    static List<String> functions(Profile profile) {
        List<String> names = new ArrayList<>(LIBRARY);
        for (String table : List.of("string", "table", "math", "coroutine")) {
            names.add(table);
        }
        Modules modules = new Modules(profile);
        for (String module : Modules.names()) {
            LuaLibrary library = modules.apply(module);
            if (library != null) {
                addAll(names, module, library);
            }
        }
        names.removeAll(ENDING);
        return names;
    }

    private static void addAll(List<String> names, String prefix, LuaLibrary library) {
        for (String name : library.names()) {
            LuaLibrary nested = library.nested(name);
            if (nested == null) {
                if (!name.equals(name.toUpperCase(Locale.ROOT))) {
                    names.add(prefix + "." + name);
                }
            } else {
                addAll(names, prefix + "." + name, nested);
            }
        }
    }

    /** A script with some calls, reproducible by the seed. */
    String script(List<String> functions, int calls) {
        StringBuilder script = new StringBuilder(PREAMBLE.replace("%%", "%"));
        for (int i = 0; i < calls; i++) {
            int kind = random.nextInt(10);
            if (kind < 7) {
                String name = functions.get(random.nextInt(functions.size()));
                if (List.of("string", "table", "math", "coroutine").contains(name)) {
                    script.append("do local names = {} for k in pairs(")
                            .append(name)
                            .append(") do names[#names + 1] = k end ")
                            .append("table.sort(names) local k = names[")
                            .append(random.nextInt(1000))
                            .append(" % #names + 1] call(\"")
                            .append(name)
                            .append(".\" .. k, ")
                            .append(name)
                            .append("[k]")
                            .append(arguments())
                            .append(") end\n");
                } else {
                    script.append("call(\"")
                            .append(name)
                            .append("\", ")
                            .append(name)
                            .append(arguments())
                            .append(")\n");
                }
            } else {
                String method = METHODS.get(random.nextInt(METHODS.size()));
                script.append("do local o = v[n - ")
                        .append(random.nextInt(20))
                        .append("] call(\":")
                        .append(method)
                        .append("\", function(...) return o.")
                        .append(method)
                        .append("(o, ...) end")
                        .append(arguments())
                        .append(") end\n");
            }
        }
        return script.append("print('done')\n").toString();
    }

    private String arguments() {
        StringBuilder arguments = new StringBuilder();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            arguments.append(", ").append(random.nextInt(8) == 0 ? "nil" : "v[" + random.nextInt(1000) + " % n + 1]");
        }
        return arguments.toString();
    }

    /** Runs one script on a fresh device in virtual time; returns what a function of the host failed with. */
    static List<String> failures(Path folder, String script, Profile profile) {
        ScriptRun run = ScriptRun.of(
                folder,
                script,
                Duration.ofSeconds(5),
                options -> options.onError(OnError.STOP)
                        .mqtt(MqttSettings.defaults().withProfile(profile))
                        .first(3));
        return run.printed.stream().filter(line -> line.startsWith("HOST\t")).toList();
    }
}
