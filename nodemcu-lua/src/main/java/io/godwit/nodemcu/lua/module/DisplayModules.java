package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.util.List;

/**
 * {@code u8g2} and its forerunner {@code u8g}: displays of which every drawing call is recorded, so that a
 * test can read what a person would.
 */
final class DisplayModules {

    private static final int WIDTH = 128;
    private static final int HEIGHT = 64;

    static final List<LuaLibrary> LIBRARIES = List.of(library("u8g2"), library("u8g"));

    private DisplayModules() {}

    private static final class Display {
        private int page;
    }

    private static LuaLibrary library(String name) {
        LuaLibrary display = LuaLibrary.object(name + ".display")
                .function("getStrWidth", call -> call.push(call.bytes(2).length * 6))
                .function("getUTF8Width", call -> call.push(call.bytes(2).length * 6))
                .function("getDisplayWidth", call -> call.push(WIDTH))
                .function("getDisplayHeight", call -> call.push(HEIGHT))
                .function("getWidth", call -> call.push(WIDTH))
                .function("getHeight", call -> call.push(HEIGHT))
                .fixed("getAscent", call -> call.push(8))
                .fixed("getFontAscent", call -> call.push(8))
                .fixed("getDescent", call -> call.push(-2))
                .fixed("getFontDescent", call -> call.push(-2))
                .fixed("getFontLineSpacing", call -> call.push(10))
                .fixed("getMaxCharWidth", call -> call.push(6))
                .fixed("getMaxCharHeight", call -> call.push(10))
                .fixed("getMode", call -> call.push(1))
                .function("firstPage", call -> {
                    call.object(1, Display.class, name + ".display").page = 0;
                    return 0;
                })
                // The page loop draws everything as often as there are pages; one is enough here.
                .function("nextPage", call -> call.push(call.object(1, Display.class, name + ".display").page++ < 0))
                .otherwise(call -> {
                    String method = call.text(2);
                    return call.pushFunction(method, true, inner -> recorded(inner, name, method));
                })
                .build();
        return LuaLibrary.module(name)
                .constants(0, "DRAW_UPPER_RIGHT", "DRAW_UPPER_LEFT", "DRAW_LOWER_RIGHT", "DRAW_LOWER_LEFT")
                .constant("DRAW_ALL", 15)
                .constants(0, "R0", "R1", "R2", "R3", "MIRROR")
                .otherwise(call -> {
                    String key = call.text(2);
                    if (key.startsWith("font_")) {
                        return call.push(key);
                    }
                    return call.pushFunction(key, false, inner -> inner.pushObject(new Display(), display));
                })
                .build();
    }

    private static int recorded(LuaCall call, String module, String method) {
        StringBuilder line = new StringBuilder(method);
        for (int i = 2; i <= call.count(); i++) {
            line.append(i == 2 ? " " : ",").append(call.isString(i) ? call.text(i) : call.typeName(i));
        }
        Caller.device(call).hardware().did(module, line.toString());
        return 0;
    }
}
