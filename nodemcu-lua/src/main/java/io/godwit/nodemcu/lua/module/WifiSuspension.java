package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceClock;
import io.godwit.nodemcu.lua.device.WifiStation;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaRef;
import org.jspecify.annotations.Nullable;

/**
 * {@code wifi.suspend} and {@code wifi.resume}: the radio is off, and the station with it, for a time or until the script
 * resumes. Thread of the device only.
 */
final class WifiSuspension {

    /** Microseconds: the range of the firmware. */
    private static final int SHORTEST = 50_000;

    private static final int LONGEST = 268_435_454;

    private static final int AWAKE = 0;
    private static final int SUSPENDED = 2;

    private final Device device;
    private final WifiStation station;
    private boolean suspended;
    private int modeBefore;
    private boolean preserveMode;
    private @Nullable LuaRef resumed;
    private DeviceClock.@Nullable Alarm alarm;

    private WifiSuspension(Device device) {
        this.device = device;
        this.station = device.network().station();
    }

    private static WifiSuspension of(LuaCall call) {
        return Caller.device(call).state(WifiSuspension.class, WifiSuspension::new);
    }

    /** {@code suspend({duration = 0, suspend_cb, resume_cb, preserve_mode = true})}; without a table, the state. */
    static int suspend(LuaCall call) {
        WifiSuspension suspension = of(call);
        if (call.isNoneOrNil(1)) {
            return call.push(suspension.suspended ? SUSPENDED : AWAKE);
        }
        call.needTable(1);
        double micros = call.numberField(1, "duration", 0);
        if (micros != 0 && !(micros >= SHORTEST && micros <= LONGEST)) {
            throw call.argument(1, "duration: 0 or " + SHORTEST + " to " + LONGEST + " us");
        }
        suspension.suspend(
                (long) micros,
                function(call, "suspend_cb"),
                function(call, "resume_cb"),
                !Boolean.FALSE.equals(call.field(1, "preserve_mode")));
        return 0;
    }

    /** {@code resume([function])}: the function replaces the one given to {@code suspend}. */
    static int resume(LuaCall call) {
        WifiSuspension suspension = of(call);
        LuaRef function = call.functionOrNull(1);
        if (function != null) {
            suspension.resumed = replaced(suspension.resumed, function);
        }
        suspension.wake();
        return 0;
    }

    private static @Nullable LuaRef function(LuaCall call, String key) {
        int at = call.pushField(1, key);
        LuaRef function = call.functionOrNull(at);
        call.pop(1);
        return function;
    }

    private static LuaRef replaced(@Nullable LuaRef before, LuaRef now) {
        if (before != null) {
            before.release();
        }
        return now;
    }

    private void suspend(long micros, @Nullable LuaRef began, @Nullable LuaRef ended, boolean keepMode) {
        if (ended != null) {
            resumed = replaced(resumed, ended);
        }
        if (!suspended) {
            suspended = true;
            preserveMode = keepMode;
            modeBefore = station.mode();
            station.mode(WifiStation.NULLMODE);
        }
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        if (micros > 0) {
            alarm = device.after(micros * 1000, this::wake);
        }
        if (began != null) {
            device.later(() -> {
                device.call(began);
                began.release();
            });
        }
    }

    private void wake() {
        if (!suspended) {
            return;
        }
        suspended = false;
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        if (preserveMode) {
            station.mode(modeBefore);
            if (station.isAuto()) {
                station.connect();
            }
        }
        LuaRef function = resumed;
        resumed = null;
        if (function != null) {
            device.later(() -> {
                device.call(function);
                function.release();
            });
        }
    }
}
