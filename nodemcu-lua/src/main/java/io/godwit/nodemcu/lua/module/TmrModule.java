package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.BootReason;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceClock;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import org.jspecify.annotations.Nullable;

/** {@code tmr}: the numbered timers of old firmware, the timer objects of today, and the clock. */
final class TmrModule {

    private static final int SINGLE = 0;
    private static final int AUTO = 1;
    private static final int SEMI = 2;
    /** 1:54:30.947, the longest alarm of the chip. */
    private static final int MAX_MILLIS = 6_870_947;

    private static final int NUMBERED = 7;
    /** What a running timer costs outside of Lua. */
    private static final int ALARM_BYTES = 512;

    private static final LuaLibrary TIMER = LuaLibrary.object("tmr.timer")
            .function("register", call -> timer(call).register(call, 2, true))
            .function("alarm", call -> timer(call).alarm(call, 2, true))
            .function("start", call -> call.push(timer(call).start(call.truth(2))))
            .function("stop", call -> call.push(timer(call).stop()))
            .function("unregister", call -> timer(call).unregister())
            .function("interval", call -> timer(call).interval(call, 2))
            .function("state", call -> timer(call).state(call))
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("tmr")
            .constants(SINGLE, "ALARM_SINGLE", "ALARM_AUTO", "ALARM_SEMI")
            .function("now", call -> call.push((double) (Caller.device(call).uptimeNanos() / 1000 & 0x7FFFFFFF)))
            .function("time", call -> call.push((double) (Caller.device(call).uptimeNanos() / 1_000_000_000L)))
            .function(
                    "ccount", call -> call.push((double) (Caller.device(call).uptimeNanos() * 80 / 1000 & 0x7FFFFFFF)))
            .function("delay", call -> {
                Caller.device(call).spend(call.between(1, 0, Integer.MAX_VALUE) * 1000L);
                return 0;
            })
            .function("wdclr", call -> 0)
            .function("softwd", TmrModule::softWatchdog)
            .function("create", call -> {
                Timer timer = new Timer(Caller.device(call));
                call.pushObject(timer, TIMER);
                return 1;
            })
            .function("register", call -> numbered(call).register(call, 2, call.isUserdata(1)))
            .function("alarm", call -> numbered(call).alarm(call, 2, call.isUserdata(1)))
            .function("start", call -> call.push(numbered(call).start(call.truth(2))))
            .function("stop", call -> call.push(numbered(call).stop()))
            .function("unregister", call -> numbered(call).unregister())
            .function("interval", call -> numbered(call).interval(call, 2))
            .function("state", call -> numbered(call).state(call))
            .absent("suspend", "resume", "suspend_all", "resume_all")
            .build();

    private TmrModule() {}

    private static Timer timer(LuaCall call) {
        return call.object(1, Timer.class, "tmr.timer");
    }

    /** The timer by its number or, as in firmware 2, by its object. */
    private static Timer numbered(LuaCall call) {
        if (call.isUserdata(1)) {
            return timer(call);
        }
        int id = call.between(1, 0, NUMBERED - 1);
        Numbered timers = Caller.device(call).state(Numbered.class, Numbered::new);
        return timers.get(id);
    }

    private static int softWatchdog(LuaCall call) {
        Device device = Caller.device(call);
        SoftWatchdog watchdog = device.state(SoftWatchdog.class, d -> new SoftWatchdog());
        // Any negative time disables it.
        watchdog.feed(device, call.between(1, Integer.MIN_VALUE, Integer.MAX_VALUE));
        return 0;
    }

    /** The timers 0 to 6. */
    private static final class Numbered {
        private final Device device;
        private final @Nullable Timer[] timers = new Timer[NUMBERED];

        Numbered(Device device) {
            this.device = device;
        }

        Timer get(int id) {
            Timer timer = timers[id];
            if (timer == null) {
                timer = new Timer(device);
                timers[id] = timer;
            }
            return timer;
        }
    }

    /** Restarts the device unless the script calls again in time. */
    private static final class SoftWatchdog {
        private DeviceClock.@Nullable Alarm alarm;

        void feed(Device device, long seconds) {
            if (alarm != null) {
                alarm.cancel();
                alarm = null;
            }
            if (seconds > 0) {
                alarm = device.after(seconds * 1_000_000_000L, () -> device.restart(BootReason.WATCHDOG));
            }
        }
    }

    /** One alarm. Holds its script object while it runs, so that a timer nobody refers to still fires. */
    private static final class Timer {
        private final Device device;
        private @Nullable LuaRef callback;
        private @Nullable LuaRef self;
        private int mode = -1;
        private long millis;
        private long due;
        private DeviceClock.@Nullable Alarm alarm;
        private boolean reserved;
        // Counts arms and stops: an alarm already queued when it was stopped does not fire.
        private int turn;

        Timer(Device device) {
            this.device = device;
        }

        int register(LuaCall call, int at, boolean object) {
            double interval = call.number(at);
            if (!(interval >= 1 && interval <= MAX_MILLIS)) {
                throw call.argument(at, "Range: 1-" + MAX_MILLIS);
            }
            double newMode = call.number(at + 1);
            if (newMode != SINGLE && newMode != AUTO && newMode != SEMI) {
                throw call.argument(at + 1, "Invalid mode");
            }
            LuaRef function = call.function(at + 2);
            unregister();
            millis = (long) interval;
            mode = (int) newMode;
            callback = function;
            if (object) {
                self = call.ref(1);
            }
            return 0;
        }

        int alarm(LuaCall call, int at, boolean object) {
            register(call, at, object);
            return call.push(start(false));
        }

        boolean start(boolean restart) {
            if (callback == null || alarm != null && !restart) {
                return false;
            }
            stop();
            due = device.nanoTime() + millis * 1_000_000L;
            arm();
            return true;
        }

        private void arm() {
            int mine = ++turn;
            if (!reserved) {
                device.requireMachine().reserve(ALARM_BYTES);
                reserved = true;
            }
            alarm = device.after(due - device.nanoTime(), () -> {
                if (turn == mine) {
                    fire();
                }
            });
        }

        private void fire() {
            LuaRef function = callback;
            LuaRef object = self;
            disarmed();
            if (function == null) {
                return;
            }
            if (mode == AUTO) {
                // From due time to due time, so that a day has its 8640 readings; what was missed is not made up for.
                long next = due + millis * 1_000_000L;
                due = Math.max(next, device.nanoTime());
                arm();
            }
            if (mode == SINGLE) {
                callback = null;
                self = null;
            }
            if (object == null) {
                device.call(function);
            } else {
                device.call(function, object);
            }
            if (mode == SINGLE) {
                function.release();
                if (object != null) {
                    object.release();
                }
            }
        }

        boolean stop() {
            turn++;
            if (alarm == null) {
                return false;
            }
            alarm.cancel();
            disarmed();
            return true;
        }

        private void disarmed() {
            alarm = null;
            if (reserved) {
                reserved = false;
                device.requireMachine().release(ALARM_BYTES);
            }
        }

        int unregister() {
            stop();
            if (callback != null) {
                callback.release();
                callback = null;
            }
            if (self != null) {
                self.release();
                self = null;
            }
            return 0;
        }

        int interval(LuaCall call, int at) {
            millis = call.between(at, 1, MAX_MILLIS);
            if (alarm != null) {
                start(true);
            }
            return 0;
        }

        int state(LuaCall call) {
            if (callback == null) {
                return call.pushNil();
            }
            call.push(alarm != null);
            call.push(mode);
            return 2;
        }
    }
}
