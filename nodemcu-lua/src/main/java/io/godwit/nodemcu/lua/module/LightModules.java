package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.util.HexFormat;
import java.util.List;

/** Strips of lights: {@code ws2812}, {@code pixbuf}, {@code apa102}. What the script writes is recorded. */
final class LightModules {

    private static final LuaLibrary WS2812 = LuaLibrary.module("ws2812")
            .constants(0, "MODE_SINGLE", "MODE_DUAL")
            .constants(PixelBuffer.FADE_OUT, "FADE_OUT", "FADE_IN")
            .constants(PixelBuffer.SHIFT_LOGICAL, "SHIFT_LOGICAL", "SHIFT_CIRCULAR")
            .fixed("init", call -> 0)
            .function("write", LightModules::write)
            .function("newBuffer", PixelBuffer::create)
            .build();

    private static final LuaLibrary PIXBUF = LuaLibrary.module("pixbuf")
            .constants(PixelBuffer.FADE_OUT, "FADE_OUT", "FADE_IN")
            .constants(PixelBuffer.SHIFT_LOGICAL, "SHIFT_LOGICAL", "SHIFT_CIRCULAR")
            .function("newBuffer", PixelBuffer::create)
            .build();

    private static final LuaLibrary APA102 = LuaLibrary.module("apa102")
            .function("write", call -> {
                record(Caller.device(call), "apa102", pixels(call, 3));
                return 0;
            })
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(WS2812, PIXBUF, APA102);

    private LightModules() {}

    private static byte[] pixels(LuaCall call, int index) {
        return call.isString(index)
                ? call.bytes(index)
                : PixelBuffer.of(call, index).bytes();
    }

    private static void record(Device device, String what, byte[] bytes) {
        device.hardware().did(what, HexFormat.of().formatHex(bytes));
    }

    /**
     * The ESP8266's {@code write(data1[, data2])}, the form of its first releases {@code write(pin, data)}, and the ESP32's
     * {@code write({pin = 4, data = ...}, ...)}.
     */
    private static int write(LuaCall call) {
        Device device = Caller.device(call);
        if (call.isTable(1)) {
            for (int i = 1; i <= call.count(); i++) {
                writeStrip(call, device, i);
            }
            return 0;
        }
        if (call.isNumber(1)) {
            record(device, "ws2812." + call.between(1, 0, 48), pixels(call, 2));
            return 0;
        }
        if (call.isNoneOrNil(1) && call.isNoneOrNil(2)) {
            throw call.expected(1, "pixbuf or string");
        }
        for (int i = 1; i <= 2; i++) {
            if (!call.isNoneOrNil(i)) {
                record(device, "ws2812", pixels(call, i));
            }
        }
        return 0;
    }

    private static void writeStrip(LuaCall call, Device device, int table) {
        call.needTable(table);
        double pin = call.numberField(table, "pin", -1);
        if (!(pin >= 0 && pin <= 48)) {
            throw call.argument(table, "pin must be between 0 and 48");
        }
        int data = call.pushField(table, "data");
        if (call.isNoneOrNil(data)) {
            throw call.argument(table, "data must be a string or a buffer");
        }
        record(device, "ws2812." + (int) pin, pixels(call, data));
        call.pop(1);
    }
}
