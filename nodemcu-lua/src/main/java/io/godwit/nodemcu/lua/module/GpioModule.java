package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.VirtualHardware;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code gpio} with the calls of both chips, on the pins of the device. */
final class GpioModule {

    static final LuaLibrary LIBRARY = LuaLibrary.module("gpio")
            .constants(0, "INPUT", "OUTPUT", "INT", "OPENDRAIN")
            .constants(0, "LOW", "HIGH")
            .constants(0, "FLOAT", "PULLUP")
            .constants(1, "IN", "OUT", "IN_OUT")
            .constants(0, "INTR_DISABLE", "INTR_UP", "INTR_DOWN", "INTR_UP_DOWN", "INTR_LOW", "INTR_HIGH")
            .constants(0, "FLOATING", "PULL_UP", "PULL_DOWN", "PULL_UP_DOWN")
            .constants(0, "DRIVE_0", "DRIVE_1", "DRIVE_2", "DRIVE_3")
            .constant("DRIVE_DEFAULT", 2)
            .function("mode", GpioModule::mode)
            .function("config", GpioModule::config)
            .function("write", call -> {
                pin(call).write(call.between(2, 0, 1));
                return 0;
            })
            .function("read", GpioModule::read)
            .function("trig", GpioModule::trigger)
            .function("serout", GpioModule::serialOut)
            .fixed("set_drive", call -> 0)
            .fixed("wakeup", call -> 0)
            .nested("pulse", PulseModule.LIBRARY)
            .build();

    private static final List<String> KINDS = List.of("none", "up", "down", "both", "low", "high");

    private GpioModule() {}

    private static int number(LuaCall call) {
        return call.between(1, 0, 39);
    }

    private static VirtualHardware.Pin pin(LuaCall call) {
        return Caller.device(call).hardware().gpio(number(call));
    }

    /** How often a callback may read pins: a protocol that the script times itself needs more. */
    private static final int MOST_READS = 2_000;

    /** What {@code serout} may do in one call: the delays, in microseconds, are at most a minute or so. */
    private static final int MOST_EDGES = 100_000;

    private static final int MOST_DELAY = 64_000_000;

    /** The reads of the running callback. */
    private static final class Polling {
        private int reads;
    }

    private static int read(LuaCall call) {
        Device device = Caller.device(call);
        Polling polling = device.state(Polling.class, d -> new Polling());
        if (polling.reads++ == 0) {
            // Runs when the callback has ended.
            device.later(() -> polling.reads = 0);
        }
        if (polling.reads > MOST_READS) {
            throw new LuaError("pins were read " + MOST_READS + " times in one callback, and simulated pins change"
                    + " between callbacks only: a protocol that the script times itself cannot work here;"
                    + " use the modules dht and ow, or gpio.trig()");
        }
        return call.push(pin(call).level());
    }

    private static int mode(LuaCall call) {
        int mode = call.between(2, 0, 3);
        pin(call).mode(mode == 1 || mode == 3);
        if (mode != 2) {
            triggers(call).remove(number(call));
        }
        return 0;
    }

    /** The ESP32's way: tables with {@code gpio} (a number or a list) and {@code dir}. */
    private static int config(LuaCall call) {
        for (int i = 1; i <= call.count(); i++) {
            call.needTable(i);
            boolean output = call.numberField(i, "dir", 1) >= 2;
            VirtualHardware hardware = Caller.device(call).hardware();
            int at = call.pushField(i, "gpio");
            List<Double> pins = call.isTable(at) ? call.numbers(at) : List.of(call.number(at));
            call.pop(1);
            pins.forEach(pin -> hardware.gpio(pin.intValue()).mode(output));
        }
        return 0;
    }

    private static Triggers triggers(LuaCall call) {
        return Caller.device(call).state(Triggers.class, Triggers::new);
    }

    private static int trigger(LuaCall call) {
        int number = number(call);
        String kind = "none";
        if (call.isNumber(2)) {
            kind = KINDS.get(call.between(2, 0, 5));
        } else if (!call.isNoneOrNil(2)) {
            kind = call.text(2);
        }
        if (!KINDS.contains(kind)) {
            throw call.argument(2, "invalid option '" + kind + "'");
        }
        if (kind.equals("none")) {
            triggers(call).remove(number);
        } else if (call.isFunction(3) || triggers(call).has(number)) {
            triggers(call).set(number, kind, call.functionOrNull(3));
        }
        return 0;
    }

    /** What the script attached to pins in this boot. */
    private static final class Triggers {
        private final Device device;
        private final Map<Integer, LuaRef> callbacks = new HashMap<>(4);

        Triggers(Device device) {
            this.device = device;
        }

        boolean has(int pin) {
            return callbacks.containsKey(pin);
        }

        void set(int pin, String kind, @Nullable LuaRef callback) {
            LuaRef now = callback == null ? callbacks.get(pin) : callback;
            if (callback != null) {
                LuaRef before = callbacks.put(pin, callback);
                if (before != null) {
                    before.release();
                }
            }
            if (now == null) {
                return;
            }
            device.hardware().gpio(pin).onEdge((level, nanos) -> {
                if (wanted(kind, level)) {
                    device.post(() -> {
                        if (now.isHeld()) {
                            device.call(now, level, (double) (nanos / 1000 & 0x7FFFFFFF), 1);
                        }
                    });
                }
            });
        }

        private static boolean wanted(String kind, int level) {
            return switch (kind) {
                case "up", "high" -> level == 1;
                case "down", "low" -> level == 0;
                default -> true;
            };
        }

        void remove(int pin) {
            LuaRef before = callbacks.remove(pin);
            if (before != null) {
                before.release();
                device.hardware().gpio(pin).onEdge(null);
            }
        }
    }

    /** Toggles the pin with the given times in microseconds; the callback form lets the script go on meanwhile. */
    private static int serialOut(LuaCall call) {
        Device device = Caller.device(call);
        VirtualHardware.Pin pin = pin(call);
        int start = call.between(2, 0, 1);
        List<Double> delays = call.numbers(3);
        long cycles = call.integer(4, 1);
        if (cycles < 1 || cycles * (double) delays.size() > MOST_EDGES) {
            throw call.argument(4, "1 to " + MOST_EDGES + " edges in all");
        }
        long total = 0;
        int level = start;
        for (long cycle = 0; cycle < cycles; cycle++) {
            for (double delay : delays) {
                if (!(delay >= 0 && delay <= MOST_DELAY)) {
                    throw call.argument(3, "delays must be between 0 and " + MOST_DELAY + " us");
                }
                pin.write(level);
                level ^= 1;
                total += (long) (delay * 1000);
            }
        }
        if (call.isNoneOrNil(5)) {
            device.spend(total);
            return 0;
        }
        LuaRef done = call.isFunction(5) ? call.ref(5) : null;
        device.after(total, () -> {
            if (done != null) {
                device.call(done);
                done.release();
            }
        });
        return 0;
    }
}
