package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Lights and motors: {@code pwm}, {@code ws2812} and {@code pixbuf} buffers, {@code apa102}. Recorded by the hardware. */
final class LightModules {

    private static final LuaLibrary PWM = LuaLibrary.module("pwm")
            .function("setup", call -> {
                Channel channel = channel(call);
                channel.clock = call.between(2, 1, 1000);
                channel.duty = call.between(3, 0, 1023);
                return 0;
            })
            .function("start", call -> {
                channel(call).running = true;
                return shown(call);
            })
            .function("stop", call -> {
                channel(call).running = false;
                return shown(call);
            })
            .function("close", call -> {
                channel(call).running = false;
                return shown(call);
            })
            .function("setclock", call -> {
                channel(call).clock = call.between(2, 1, 1000);
                return call.push(channel(call).clock);
            })
            .function("getclock", call -> call.push(channel(call).clock))
            .function("setduty", call -> {
                channel(call).duty = call.between(2, 0, 1023);
                shown(call);
                return call.push(channel(call).duty);
            })
            .function("getduty", call -> call.push(channel(call).duty))
            .build();

    private static final LuaLibrary BUFFER = LuaLibrary.object("ws2812.buffer")
            .function("set", LightModules::set)
            .function("get", call -> {
                Pixels pixels = pixels(call);
                int at = pixels.offset(call, 2);
                for (int i = 0; i < pixels.channels; i++) {
                    call.push(pixels.bytes[at + i] & 0xFF);
                }
                return pixels.channels;
            })
            .function("size", call -> call.push(pixels(call).count()))
            .function("channels", call -> call.push(pixels(call).channels))
            .function("fill", call -> {
                Pixels pixels = pixels(call);
                for (int i = 0; i < pixels.bytes.length; i++) {
                    pixels.bytes[i] = (byte) call.integer(2 + i % pixels.channels, 0);
                }
                return call.pushCopy(1);
            })
            .function("fade", call -> {
                Pixels pixels = pixels(call);
                int value = (int) Math.max(1, call.integer(2));
                boolean in = call.integer(3, 0) == 1;
                for (int i = 0; i < pixels.bytes.length; i++) {
                    int level = pixels.bytes[i] & 0xFF;
                    pixels.bytes[i] = (byte) (in ? Math.min(255, level * value) : level / value);
                }
                return call.pushCopy(1);
            })
            .function("shift", LightModules::shift)
            .function("power", call -> {
                int sum = 0;
                for (byte b : pixels(call).bytes) {
                    sum += b & 0xFF;
                }
                return call.push(sum);
            })
            .function("dump", call -> call.push(pixels(call).bytes.clone()))
            .function("replace", call -> {
                Pixels pixels = pixels(call);
                byte[] other = call.isUserdata(2) ? call.object(2, Pixels.class, "ws2812.buffer").bytes : call.bytes(2);
                int at = (int) (call.integer(3, 1) - 1) * pixels.channels;
                if (at < 0 || at + other.length > pixels.bytes.length) {
                    throw call.argument(3, "does not fit into the buffer");
                }
                System.arraycopy(other, 0, pixels.bytes, at, other.length);
                return 0;
            })
            .function("sub", call -> {
                Pixels pixels = pixels(call);
                int count = pixels.count();
                int from = place(call.integer(2), count);
                int to = place(call.integer(3, -1), count);
                Pixels part = new Pixels(
                        Arrays.copyOfRange(
                                pixels.bytes,
                                Math.min(from - 1, count) * pixels.channels,
                                Math.max(from - 1, Math.min(to, count)) * pixels.channels),
                        pixels.channels);
                return pushBuffer(call, part);
            })
            .absent("mix", "map", "mix4I5", "fadeI")
            .build();

    private static final LuaLibrary WS2812 = LuaLibrary.module("ws2812")
            .constants(0, "MODE_SINGLE", "MODE_DUAL")
            .constants(0, "FADE_OUT", "FADE_IN")
            .constants(0, "SHIFT_LOGICAL", "SHIFT_CIRCULAR")
            .function("init", call -> 0)
            .function("write", call -> {
                shown(call, "ws2812");
                return 0;
            })
            .function("newBuffer", call -> newBuffer(call))
            .build();

    private static final LuaLibrary PIXBUF = LuaLibrary.module("pixbuf")
            .constants(0, "FADE_OUT", "FADE_IN")
            .constants(0, "SHIFT_LOGICAL", "SHIFT_CIRCULAR")
            .function("newBuffer", call -> newBuffer(call))
            .build();

    private static final LuaLibrary APA102 = LuaLibrary.module("apa102")
            .function("write", call -> {
                byte[] bytes = call.isUserdata(3) ? call.object(3, Pixels.class, "pixbuf").bytes : call.bytes(3);
                Modules.device(call).hardware().did("apa102", HexFormat.of().formatHex(bytes));
                return 0;
            })
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(PWM, WS2812, PIXBUF, APA102);

    private LightModules() {}

    /** The channels of a device in this boot, by pin. */
    private static final class Channels {
        private final Map<Integer, Channel> byPin = new HashMap<>(2);
    }

    private static final class Channel {
        private int clock = 500;
        private int duty;
        private boolean running;
    }

    private static Channel channel(LuaCall call) {
        int pin = call.between(1, 0, 39);
        return Modules.device(call)
                .state(Channels.class, d -> new Channels())
                .byPin
                .computeIfAbsent(pin, p -> new Channel());
    }

    private static int shown(LuaCall call) {
        Channel channel = channel(call);
        Modules.device(call)
                .hardware()
                .did("pwm." + call.integer(1), channel.running ? String.valueOf(channel.duty) : "off");
        return 0;
    }

    private static final class Pixels {
        private final byte[] bytes;
        private final int channels;

        Pixels(byte[] bytes, int channels) {
            this.bytes = bytes;
            this.channels = channels;
        }

        int count() {
            return bytes.length / channels;
        }

        int offset(LuaCall call, int index) {
            return (call.between(index, 1, Math.max(1, count())) - 1) * channels;
        }
    }

    private static Pixels pixels(LuaCall call) {
        return call.object(1, Pixels.class, "ws2812.buffer");
    }

    private static int newBuffer(LuaCall call) {
        int count = call.between(1, 1, 4096);
        int channels = call.between(2, 1, 8);
        return pushBuffer(call, new Pixels(new byte[count * channels], channels));
    }

    private static int pushBuffer(LuaCall call, Pixels pixels) {
        return call.pushObject(pixels, BUFFER);
    }

    private static int place(long index, int count) {
        return (int) Math.max(1, index < 0 ? count + 1 + index : index);
    }

    /** {@code set(i, r, g, b)}, {@code set(i, {r, g, b})} or {@code set(i, "bytes")}. */
    private static int set(LuaCall call) {
        Pixels pixels = pixels(call);
        int at = pixels.offset(call, 2);
        byte[] colour = BusModules.data(call, 3);
        if (at + colour.length > pixels.bytes.length) {
            throw call.argument(3, "string size will exceed strip length");
        }
        System.arraycopy(colour, 0, pixels.bytes, at, colour.length);
        return call.pushCopy(1);
    }

    private static int shift(LuaCall call) {
        Pixels pixels = pixels(call);
        int by = (int) call.integer(2);
        boolean circular = call.integer(3, 0) == 1;
        int count = pixels.count();
        byte[] before = pixels.bytes.clone();
        for (int i = 0; i < count; i++) {
            int from = i - by;
            boolean inside = from >= 0 && from < count;
            int source = circular ? Math.floorMod(from, count) : from;
            for (int c = 0; c < pixels.channels; c++) {
                pixels.bytes[i * pixels.channels + c] = inside || circular ? before[source * pixels.channels + c] : 0;
            }
        }
        return call.pushCopy(1);
    }

    private static void shown(LuaCall call, String what) {
        Device device = Modules.device(call);
        for (int i = 1; i <= call.count(); i++) {
            if (call.isNoneOrNil(i)) {
                continue;
            }
            byte[] bytes = call.isUserdata(i) ? call.object(i, Pixels.class, "ws2812.buffer").bytes : call.bytes(i);
            device.hardware().did(what, HexFormat.of().formatHex(bytes));
        }
    }
}
