package io.godwit.nodemcu.lua.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LuaMachineTest {

    private final List<String> printed = new ArrayList<>();
    private final Map<String, String> files = new HashMap<>();
    private final AtomicReference<byte[]> seen = new AtomicReference<>();
    private final LuaLibrary library = LuaLibrary.module("box")
            .function("put", call -> {
                seen.set(call.bytes(1));
                return 0;
            })
            .function("get", call -> call.push(seen.get()))
            .function("number", call -> call.push(call.number(1)))
            .constant("ANSWER", 42)
            .absent("fly")
            .build();
    private final LuaMachine machine = new LuaMachine(
            this,
            new LuaMachine.Environment(
                    name -> name.equals("box") ? library : null,
                    line -> printed.add(new String(line, StandardCharsets.ISO_8859_1)),
                    name -> files.containsKey(name) ? files.get(name).getBytes(StandardCharsets.UTF_8) : null,
                    new Random(7)),
            new LuaLimits(10_000_000, 512 * 1024, 8 << 20, Duration.ofMillis(500)));

    @AfterEach
    void close() {
        machine.close();
    }

    private void run(String source) {
        machine.run(source.getBytes(StandardCharsets.ISO_8859_1), "@init.lua");
    }

    @Test
    void functions_of_string_and_table_need_no_global_when_first_named() {
        run("""
                local print, setmetatable, g = print, setmetatable, _G
                for name in pairs({ error = 1, type = 1, tostring = 1, select = 1, pcall = 1, next = 1, rawget = 1,
                    setmetatable = 1, math = 1, string = 1, table = 1 }) do g[name] = nil end
                print(("ab"):rep(2))
                """);
        assertThat(printed).containsExactly("abab");
    }

    @Test
    void pairs_and_next_show_string_and_table_before_one_of_their_functions_is_named() {
        run("""
                local names = {}
                for name in pairs(string) do names[#names + 1] = name end
                print(#names, next(table) ~= nil)
                """);
        assertThat(printed).containsExactly("15\ttrue");
    }

    @Test
    void a_name_that_string_does_not_have_is_nil() {
        run("print(string.nothing, table.nothing, ('').nothing)");
        assertThat(printed).containsExactly("nil\tnil\tnil");
    }

    @Test
    void a_coroutine_may_be_the_first_to_name_a_function_of_string() {
        run("print(coroutine.wrap(function() return ('x'):rep(3) end)(), ('y'):rep(3))");
        assertThat(printed).containsExactly("xxx\tyyy");
    }

    @Test
    void string_and_table_work_whatever_instruction_the_watchdog_ends_while_they_load() {
        for (int spent = 0; spent < 700; spent += 7) {
            try (LuaMachine hurried = new LuaMachine(
                    this,
                    new LuaMachine.Environment(name -> null, line -> {}, name -> null, new Random(7)),
                    new LuaLimits(1000, 512 * 1024))) {
                String source = "for i = 1, " + spent + " do local a = i end string.rep('x', 2)";
                try {
                    hurried.run(source.getBytes(StandardCharsets.ISO_8859_1), "@init.lua");
                } catch (LuaError tooLong) {
                    assertThat(tooLong).hasMessageContaining("watchdog");
                }
                assertThat(hurried.evaluate("string.rep('x', 2) .. table.concat({ 1, 2 }) .. ('%d'):format(3)"))
                        .as("after %d rounds", spent)
                        .isEqualTo("xx123");
            }
        }
    }

    @Test
    void all_byte_values_cross_both_ways() {
        byte[] all = new byte[1024];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 7 + i / 256);
        }
        seen.set(all);
        run("local s = box.get() assert(#s == 1024, #s) assert(s:byte(2) == 7) box.put(s)");
        assertThat(seen.get()).containsExactly(all);
        run("local t = {} for i = 0, 255 do t[i + 1] = string.char(i) end box.put(table.concat(t))");
        for (int i = 0; i < 256; i++) {
            assertThat(seen.get()[i]).isEqualTo((byte) i);
        }
    }

    @Test
    void an_empty_string_is_not_nil() {
        seen.set(new byte[0]);
        run("assert(box.get() == '') box.put('')");
        assertThat(seen.get()).isEmpty();
    }

    @Test
    void numbers_print_as_on_the_device() {
        run("print(1/3, 1e15, 7, string.format('%5.2f', 1.5), ''..21.5)");
        assertThat(printed).containsExactly("0.33333333333333\t1e+15\t7\t 1.50\t21.5");
    }

    @Test
    void errors_name_the_line_and_come_with_luas_traceback() {
        assertThatThrownBy(() -> run("local function f()\n  local x = nil + 1\nend\nf()"))
                .isInstanceOfSatisfying(LuaError.class, error -> {
                    assertThat(error).hasMessage("init.lua:2: attempt to perform arithmetic on a nil value");
                    assertThat(error.traceback())
                            .isEqualTo("init.lua:2: attempt to perform arithmetic on a nil value\nstack traceback:\n"
                                    + "\tinit.lua:2: in function 'f'\n\tinit.lua:4: in main chunk");
                });
        assertThatThrownBy(() -> run("\nbox.number({})"))
                .hasMessage("init.lua:2: bad argument #1 to 'number' (number expected, got table)");
        assertThatThrownBy(() -> run("foo()")).hasMessage("init.lua:1: attempt to call global 'foo' (a nil value)");
        assertThatThrownBy(() -> run("\n\nbox.fly()"))
                .hasMessage("init.lua:3: 'box.fly' exists on the device but not in this host");
        assertThatThrownBy(() -> run("x = = 1")).hasMessage("init.lua:1: unexpected symbol near '='");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while true do end",
                "repeat until false",
                "while true do pcall(function() while true do end end) end",
                "xpcall(function() while true do end end, function() while true do end end)",
                "local co = coroutine.wrap(function() while true do end end) co()",
                "local co = coroutine.create(function() while true do pcall(function() while true do end end) end end) "
                        + "coroutine.resume(co) while true do end",
                "setmetatable({}, {__index = function(t, k) while true do end end}).x()",
                "table.sort({3, 1, 2}, function(a, b) while true do end end)",
                "string.gsub('abc', '.', function() while true do end end)",
                "string.find(string.rep('a', 50000), string.rep('.-', 20) .. 'b')",
                "string.find(string.rep('a', 50000), string.rep('a?', 100000) .. 'b')",
                "local function f() return f() end f()",
                "string.rep('x', 1e9)",
                "local s = 'x' while true do s = s .. s .. s .. s end",
                "local s = string.rep('x', 1e5) local t = {} for i = 1, 1e6 do t[i] = s end table.concat(t)",
                "local t = {} while true do t[#t + 1] = {} end",
                "string.gsub(string.rep('x', 1e5), '', string.rep('y', 1e5))",
                "local function f() return 1 + f() end f()",
                // Numbers that native code takes for counts and positions.
                "unpack({}, 0, 2147483647)",
                "unpack({}, -2147483648, 2147483647)",
                "table.insert({}, -2147483647, 1)",
                "table.insert({}, 0/0, 1)",
                "string.rep('x', '1e9')",
                "string.rep('x', 1/0)",
                "while true do string.rep('', 2147483647) end",
                "local t = {} for i = 1, 60000 do t[i] = i % 7 end while true do table.sort(t) end",
                "debug.traceback('x', -2147483648) error('x')",
                // Memory in one native call.
                "local s = string.rep('x', 1e5) string.format(string.rep('%s', 100), unpack((function() local t = {} "
                        + "for i = 1, 100 do t[i] = s end return t end)()))",
                "local s = string.rep('x', 1e5) string.gsub(string.rep('a', 1000), '.', {a = s})",
                "local s = string.rep('x', 1e5) string.gsub(string.rep('a', 1000), '.', function() return s end)",
                "local s = string.rep('-', 1e5) assert(load(function() return s end))",
                // Time in one native call.
                "string.find(string.rep('(', 300000), '%b()') error('over')",
                "string.find(string.rep('a', 300000), '[' .. string.rep('b', 100000) .. ']c') error('over')",
                "while true do string.find(string.rep('a', 200000), string.rep('a', 90000) .. 'b', 1, true) end",
                "while true do collectgarbage() end",
                // Error handlers that run while Lua calls no hook.
                "local function f() error(xpcall(f, f)) end f()",
                "local function g() ('a'):gsub('a', g) end while true do xpcall(g, function() while true do end end) end",
                "local function g(n) if n > 0 then return pcall(g, n - 1) end return ('a'):gsub('a', g) end "
                        + "for n = 0, 1e9 do xpcall(function() g(n % 190) end, function() while true do end end) end",
                "while true do pcall(string.find, string.rep('a', 30), string.rep('a*', 12) .. 'b') end",
            })
    void a_hostile_script_is_stopped(String script) {
        assertThatThrownBy(() -> run(script)).isInstanceOf(LuaError.class);
        run("print('alive')");
        assertThat(printed).containsExactly("alive");
    }

    @Test
    void a_callback_does_not_end_because_of_the_memory_that_the_one_before_has_used() {
        String twenty = "s" + " .. s".repeat(19);
        assertThatThrownBy(() -> run("local s = string.rep('x', 2e5) s = " + twenty + " while true do end"))
                .hasMessageEndingWith("not enough memory");
        run("for i = 1, 100 do local a = i end print('alive')");
        assertThat(printed).containsExactly("alive");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os",
                "io",
                "java",
                "newproxy",
                "debug.sethook",
                "debug.getregistry",
                "debug.getinfo",
                "package.loadlib",
                "package.loaded.java",
                "package.loaded.debug",
                "package.loaded.os",
            })
    void the_sandbox_keeps(String name) {
        run("assert(" + name + " == nil)");
    }

    @Test
    void only_binary_chunks_that_this_process_wrote_are_loaded() {
        run("local f = loadstring(string.dump(function(a) return a * 2 end)) assert(f(21) == 42)");
        run(
                "local d = string.dump(function() return 7 end) local f = load(function() local x = d d = nil return x end) "
                        + "assert(f() == 7)");
        run("local d = string.dump(function() return 7 end) for i = 1, #d do local c = d:byte(i) "
                + "local forged = d:sub(1, i - 1) .. string.char((c + 1) % 256) .. d:sub(i + 1) "
                + "assert(not loadstring(forged) or i == 1) end");
        run("local f, e = loadstring('\\27Lua') assert(f == nil and e:find('other compilers'))");
    }

    @Test
    void pairs_walks_modules_and_libraries() {
        run("local names = {} for k, v in pairs(box) do names[#names + 1] = k end table.sort(names) "
                + "assert(table.concat(names, ' ') == 'ANSWER get number put', table.concat(names, ' ')) "
                + "local n = 0 for k in pairs(string) do n = n + 1 end assert(n >= 15, n) "
                + "assert(next(box) ~= nil and next({}) == nil)");
    }

    @Test
    void an_abandoned_coroutine_is_collected() {
        for (int i = 0; i < 20; i++) {
            run("for i = 1, 500 do coroutine.wrap(function() box.number(1) coroutine.yield() end)() end");
        }
        machine.collectGarbage();
        assertThat(machine.memoryBytes()).isLessThan(200 * 1024);
    }

    @Test
    void errors_of_library_functions_name_the_line_of_the_script_and_the_function() {
        for (String call : List.of(
                "string.rep({}, 2)",
                "string.format('%d', 'x')",
                "string.format('%y', 1)",
                "string.find('x', '[')",
                "('x'):gsub('%', '')",
                "table.concat({{}})",
                "table.sort({1, 'x'})",
                "table.insert({}, 1e300, 1)",
                "unpack({}, 0, 2147483647)",
                "setmetatable(1, {})",
                "setmetatable({}, 1)",
                "setmetatable(setmetatable({}, {__metatable = 1}), {})",
                "setmetatable(_G, 1)",
                "for _ in ('x'):gmatch('[') do end")) {
            assertThatThrownBy(() -> run("\n" + call))
                    .as(call)
                    .satisfies(error -> assertThat(error.getMessage())
                            .startsWith("init.lua:2: ")
                            .doesNotContain("prelude")
                            .doesNotContain("'?'"));
        }
    }

    @Test
    void a_traceback_for_the_script_has_none_of_the_hosts_lines() {
        run("""
                local function deep() error("deep") end
                local ok, text = xpcall(deep, debug.traceback)
                print(text)
                print(debug.traceback("here"))
                """);

        assertThat(printed.get(0))
                .startsWith("init.lua:1: deep\nstack traceback:\n")
                .contains("init.lua:1: in function <init.lua:1>", "[C]: in function 'error'", "in main chunk")
                .doesNotContain("prelude")
                .doesNotContain("raw");
        assertThat(printed.get(1)).startsWith("here\nstack traceback:\n\tinit.lua:4: in main chunk");
    }

    @Test
    void memory_outside_of_the_heap_counts() {
        machine.reserve(7 << 20);
        assertThatThrownBy(() -> machine.reserve(2 << 20)).hasMessage("not enough memory");
        machine.release(7 << 20);
        machine.reserve(2 << 20);
        assertThat(machine.hostBytes()).isEqualTo(2 << 20);
    }

    @Test
    void rom_tables_cannot_be_written_to() {
        assertThatThrownBy(() -> run("string.x = 1")).hasMessageContaining("invalid write to ROM variable");
        assertThatThrownBy(() -> run("box.put = nil")).hasMessageContaining("invalid write to ROM variable");
        run("assert(box.ANSWER == 42 and box.nothing == nil and type(box) == 'table')");
        run("assert(not pcall(function() getmetatable('').__index = nil end))");
    }

    @Test
    void require_and_dofile_read_only_the_devices_files() {
        files.put("config.lua", "return {name = 'x'}");
        files.put("m.lua", "module(..., package.seeall) function f() return 'm' end");
        files.put("bad.lua", "x = = 1");
        run("assert(dofile('config.lua').name == 'x') assert(require('config') == require('config'))");
        run("require('m') assert(m.f() == 'm')");
        assertThatThrownBy(() -> run("dofile('/etc/passwd')")).hasMessage("cannot open /etc/passwd");
        assertThatThrownBy(() -> run("require('bad')")).hasMessageContaining("bad.lua:1: unexpected symbol near '='");
        assertThatThrownBy(() -> run("require('no')")).hasMessageContaining("no file 'no.lua'");
    }

    @Test
    void a_script_may_guard_its_globals() {
        run("setmetatable(_G, {__newindex = function(t, k) error('global ' .. k, 2) end, "
                + "__index = function(t, k) error('no global ' .. k, 2) end})");
        run("box.put('x')");
        assertThatThrownBy(() -> run("y = 1")).hasMessageEndingWith("global y");
        assertThatThrownBy(() -> run("print(z)")).hasMessageEndingWith("no global z");
    }

    @Test
    @DisplayName("the counting matcher answers as the native one")
    void slow_patterns_are_right() {
        String text = "k1=v1, k2 = v2;  (nested (deep)) end ";
        for (String pattern : List.of(
                "(%w+)%s*=%s*(%w+)",
                "^(%w-)=",
                "%b()",
                "()%s+()",
                "[^,;]+",
                "%f[%w]%w+",
                "(.)%1",
                "%s*$",
                "",
                "x*",
                "[%]%-a-f]+",
                "(k)(%d?)")) {
            String q = "[==[" + pattern + "]==]";
            String pad = "local s = " + "'" + text + "' local long = s .. string.rep(' ', 4000) ";
            run(pad + "local function all(...) local t = {...} for i = 1, select('#', ...) do "
                    + "t[i] = tostring(t[i]) end return table.concat(t, '|') end "
                    + "print(all(s:find(" + q + "))) print(all(long:find(" + q + ")))");
            if (!pattern.equals("%s*$")) {
                assertThat(printed.get(0)).as(pattern).isEqualTo(printed.get(1));
            }
            printed.clear();
        }
        run("local s = string.rep('ab ', 1500) local r, n = s:gsub('(%w+)%s+()', '<%1>') "
                + "assert(n == 1500 and r:sub(1, 8) == '<ab><ab>', r:sub(1, 20)) "
                + "local k = 0 for w in s:gmatch('%a+%s*%s*') do k = k + 1 end assert(k == 1500, k)");
    }

    @Test
    void coroutines_work_and_are_freed() {
        run("local co = coroutine.wrap(function(a) box.put('x') local b = coroutine.yield(a + 1) return b * 2 end) "
                + "assert(co(1) == 2 and co(21) == 42)");
        run("for i = 1, 2000 do local co = coroutine.create(function() box.put('x') end) coroutine.resume(co) end");
        machine.collectGarbage();
        assertThat(machine.memoryBytes()).isLessThan(100 * 1024);
    }

    @Test
    void five_dot_one_is_spoken() {
        run("assert(table.getn({1, 2}) == 2) assert(unpack({1, 2}) == 1) assert(loadstring('return 5')() == 5) "
                + "local env = {} setfenv(function() x = 1 end, env)() assert(env.x == 1) "
                + "assert(math.random(3) <= 3 and math.random() < 1)");
    }

    @Test
    void the_prompt_shows_values() {
        assertThat(machine.evaluate("1 + 1, 'x'")).isEqualTo("2\tx");
        assertThat(machine.evaluate("y = 3")).isEmpty();
        assertThat(machine.evaluate("y")).isEqualTo("3");
    }
}
