package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of {@code pixbuf} and of the buffers of {@code ws2812}. */
class PixelBufferTest {

    private static final String HELPERS = """
            local function strip(...)
              local b = M.newBuffer(select("#", ...), 2)
              for i, v in ipairs({ ... }) do b:set(i, v, v + 100) end
              return b
            end
            local function show(b) local t = {} for i = 1, b:size() do t[i] = (b:get(i)) end return table.concat(t, " ") end
            local function fails(f) local ok, e = pcall(f) return ok and "no error" or (e:gsub("^init.lua:%d+: ", "")) end
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "M.newBuffer(9, 3):size()|9",
                "M.newBuffer(9, 22):channels()|22",
                "#M.newBuffer(2, 3):dump()|6",
                "fails(function() M.newBuffer(0, 3) end)|bad argument #1 to 'newBuffer' (should be a positive integer)",
                "fails(function() M.newBuffer(3, -1) end)|bad argument #2 to 'newBuffer' (should be a positive integer)",
                "fails(function() M.newBuffer(9000, 3) end)|pixbuf size limits exeeded",
                "tostring(strip(1, 2))|[(1,101),(2,102)]",
                "strip(1, 2) == strip(1, 2)|true",
                "strip(1, 2) == strip(1, 3)|false",
                "show(strip(1, 2) .. strip(3))|1 2 3",
                "show(strip(1, 2, 3, 4):sub(2, 3))|2 3",
                "show(strip(1, 2, 3, 4):sub(-12, 33))|1 2 3 4",
                "strip(1, 2, 3, 4):sub(4, 3):size()|0",
                "show(M.newBuffer(2, 1):fill(7))|7 7",
                "fails(function() strip(1):fill(1) end)|calling 'fill' on bad self (need as many values as colors per pixel)",
                "fails(function() strip(1, 2):get(3) end)|bad argument #1 to 'get' (index out of range)",
                "fails(function() strip(1, 2):set(0, 1, 2) end)|bad argument #1 to 'set' (index out of range)",
                "fails(function() strip(1, 2):set(1, 1) end)|bad argument #3 to 'set' (number expected, got no value)",
                "fails(function() strip(1, 2):set(1, 1, 2, 3) end)|bad argument #3 to 'set' (extra values given)",
                "fails(function() strip(1, 2):set(2, 'abcd') end)|string size will exceed strip length",
                "fails(function() strip(1, 2):set(1, 'abc') end)|string does not contain whole LEDs",
                "strip(1, 2):set(1, 'abcd'):dump()|abcd",
                "show(strip(1, 2):set(2, {9, 8}))|1 9",
                "(function() local b = M.newBuffer(1, 3):fill(9, 222, 55) b:fade(2) return tostring(b) end)()|[(4,111,27)]",
                "(function() local b = M.newBuffer(1, 2):fill(9, 222) b:fade(3, M.FADE_IN) return tostring(b) end)()|[(27,255)]",
                "(function() local b = M.newBuffer(1, 3):fill(8, 222, 55) b:fadeI(2) return tostring(b) end)()|[(4,222,55)]",
                "fails(function() strip(1):fade(0) end)|bad argument #1 to 'fade' (fade value should be a strictly positive int)",
                "M.newBuffer(2, 3):fill(1, 2, 3):power()|12",
                "M.newBuffer(2, 3):fill(2, 2, 3):powerI()|20",
                "(function() local b = strip(7, 8, 9, 12) b:shift(2) return show(b) end)()|0 0 7 8",
                "(function() local b = strip(7, 8, 9, 12) b:shift(-2) return show(b) end)()|9 12 0 0",
                "(function() local b = strip(7, 8, 9, 12) b:shift(1, nil, 2, 3) return show(b) end)()|7 0 8 12",
                "(function() local b = strip(7, 8, 9, 12) b:shift(4) return show(b) end)()|0 0 0 0",
                "(function() local b = strip(7, 8, 9, 12) b:shift(1, M.SHIFT_CIRCULAR) return show(b) end)()|12 7 8 9",
                "(function() local b = strip(7, 8, 9, 12) b:shift(-1, M.SHIFT_CIRCULAR, 2, 3) return show(b) end)()|7 9 8 12",
                "(function() local b = strip(7, 8, 9, 12) b:shift(1, M.SHIFT_CIRCULAR, -12, 12) return show(b) end)()|12 7 8 9",
                "fails(function() strip(1, 2):shift(3) end)|bad argument #1 to 'shift' (shifting more elements than buffer size)",
                "fails(function() strip(1, 2, 3):shift(2, nil, 1, 1) end)|bad argument #1 to 'shift' (shifting more than sliced window)",
                "fails(function() strip(1, 2):shift(1, 7) end)|bad argument #2 to 'shift' (invalid shift type)",
                "(function() local b = strip(1, 2, 3) b:replace('abcd', 2) return b:dump():sub(3) end)()|abcd",
                "(function() local b = strip(1, 2, 3) b:replace(strip(9), -1) return show(b) end)()|1 2 9",
                "(function() local b = strip(1, 2, 3) b:replace('ab', -7) return b:dump():sub(1, 2) end)()|ab",
                "fails(function() strip(1, 2):replace('abcdef') end)|bad argument #1 to 'replace' (does not fit into destination)",
                "fails(function() strip(1):replace(M.newBuffer(1, 3)) end)|bad argument #1 to 'replace' (buffers have different channels)",
                "tostring(M.newBuffer(1, 3):mix(224, M.newBuffer(1, 3):fill(10, 22, 54), 32, M.newBuffer(1, 3):fill(10, 27, 55)))"
                        + "|[(10,23,54)]",
                "tostring(M.newBuffer(1, 1):mix(-256, M.newBuffer(1, 1):fill(10)))|[(0)]",
                "tostring(M.newBuffer(1, 1):mix(25600, M.newBuffer(1, 1):fill(10)))|[(255)]",
                "fails(function() strip(1):mix(1, strip(1, 2)) end)|bad argument #2 to 'mix' (buffer not same size or shape)",
                "tostring(M.newBuffer(1, 4):mix4I5(256, M.newBuffer(1, 4):fill(31, 255, 0, 16)))|[(31,255,0,16)]",
                "show(strip(1, 2):map(function(a, b) return b, a end))|101 102",
                "M.newBuffer(2, 1):map(function(a, b) return a + b - 101 end, strip(1, 2)):dump():byte(2)|3",
                "fails(function() strip(1, 2):map(function() return 1 end) end)"
                        + "|the function must return 2 numbers, but one is a nil",
                "fails(function() strip(1, 2):map(function() error('own', 0) end) end)|own",
                "fails(function() strip(1, 2, 3):map(function(a, b) return a, b end, strip(1, 2)) end)"
                        + "|calling 'map' on bad self (Output buffer wrong size)"
            })
    void a_buffer_behaves_as_documented(String expression, String expected) {
        for (String module : new String[] {"pixbuf", "ws2812"}) {
            ScriptRun run = ScriptRun.of(
                    folder,
                    "local M = " + module + "\n" + HELPERS + "print((" + expression + "))",
                    Duration.ofSeconds(1));

            assertThat(run.errors).isEmpty();
            assertThat(run.printed).containsExactly(expected);
        }
    }
}
