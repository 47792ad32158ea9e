package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code uart}: what the script writes is the device's output; what is typed on the serial port comes in. */
final class UartModule {

    /** As on the chip: 255 bytes and no end in sight are delivered as they are. */
    private static final int BUFFER = 255;
    /** How long output waits for its end of line. */
    private static final long PART_NANOS = 50_000_000;

    static final LuaLibrary LIBRARY = LuaLibrary.module("uart")
            .constants(0, "PARITY_NONE", "PARITY_ODD", "PARITY_EVEN")
            .constant("STOPBITS_1", 1)
            .constant("STOPBITS_1_5", 2)
            .constant("STOPBITS_2", 3)
            .constants(0, "FLOWCTRL_NONE", "FLOWCTRL_CTS", "FLOWCTRL_RTS")
            .fixed("setup", call -> call.push(call.number(2, 115_200)))
            .fixed("getconfig", call -> call.pushAll(115_200, 8, 0, 1))
            .fixed("alt", call -> 0)
            .fixed("start", call -> call.push(true))
            .fixed("stop", call -> 0)
            .fixed("setmode", call -> 0)
            .fixed("wakeup", call -> 0)
            .fixed("txflush", call -> 0)
            .fixed("fifodepth", call -> call.push(0))
            .function("write", UartModule::write)
            .function("on", UartModule::on)
            .build();

    private UartModule() {}

    private static Port port(LuaCall call) {
        return Caller.device(call).state(Port.class, Port::new);
    }

    private static int write(LuaCall call) {
        port(call).write((int) call.integer(1), Caller.data(call, 2));
        return 0;
    }

    /** {@code on([id,] "data"[, count or end character], function[, run_input])}. */
    private static int on(LuaCall call) {
        int at = call.isNumber(1) ? 2 : 1;
        String event = call.text(at);
        if (event.equals("error")) {
            return 0;
        }
        if (!event.equals("data")) {
            throw call.argument(at, "invalid option '" + event + "'");
        }
        int next = at + 1;
        int count = 0;
        int end = -1;
        if (call.isNumber(next)) {
            count = call.between(next++, 0, BUFFER);
        } else if (call.isString(next)) {
            byte[] mark = call.bytes(next++);
            end = mark.length == 0 ? -1 : mark[0];
        }
        port(call).listen(call.functionOrNull(next), count, end);
        return 0;
    }

    /** The serial port in this boot. */
    private static final class Port {
        private final Device device;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private final ByteArrayOutputStream input = new ByteArrayOutputStream();
        private boolean flushing;
        private @Nullable LuaRef callback;
        private int count;
        private int end = -1;

        Port(Device device) {
            this.device = device;
        }

        void write(int id, byte[] bytes) {
            device.hardware().did("uart." + id, new String(bytes, StandardCharsets.ISO_8859_1));
            if (id != 0) {
                return;
            }
            for (byte b : bytes) {
                if (b == '\n') {
                    flush();
                } else if (b != '\r') {
                    line.write(b);
                }
            }
            if (line.size() > BUFFER) {
                flushPart();
            } else if (line.size() > 0 && !flushing) {
                flushing = true;
                device.after(PART_NANOS, this::flushPart);
            }
        }

        /** Shows what has no end of line yet, after a moment in which the end may still come. */
        private void flushPart() {
            flushing = false;
            if (line.size() > 0) {
                device.printPart(line.toByteArray());
                line.reset();
            }
        }

        private void flush() {
            device.print(line.toByteArray());
            line.reset();
        }

        void listen(@Nullable LuaRef function, int newCount, int newEnd) {
            if (callback != null) {
                callback.release();
            }
            callback = function;
            count = newCount;
            end = newEnd;
            device.hardware().onSerial(function == null ? null : bytes -> device.post(() -> received(bytes)));
        }

        private void received(byte[] bytes) {
            for (byte b : bytes) {
                input.write(b);
                boolean full = input.size() >= BUFFER || count > 0 && input.size() >= count;
                if (full || end >= 0 && b == (byte) end) {
                    deliver();
                }
            }
            if (count == 0 && end < 0) {
                deliver();
            }
        }

        private void deliver() {
            LuaRef function = callback;
            if (function == null || input.size() == 0 || !function.isHeld()) {
                return;
            }
            byte[] all = Arrays.copyOf(input.toByteArray(), input.size());
            input.reset();
            device.call(function, (Object) all);
        }
    }
}
