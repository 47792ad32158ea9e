package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceClock;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaOwned;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code gpio.pulse}: trains of pulses on several pins, step by step in the time of the device. */
final class PulseModule {

    /** The most steps that a table may have. */
    private static final int MOST_STEPS = 1000;
    /** The longest delay of a step, in microseconds. */
    private static final int MOST_DELAY = 64_000_000;
    /** What a step costs outside of Lua. */
    private static final int STEP_BYTES = 200;
    /** Steps without a delay that run at once; the chip's watchdog would bite much later. */
    private static final int MOST_AT_ONCE = 10_000;

    private static final String TYPE = "gpio.pulse";

    private static final LuaLibrary PULSER = LuaLibrary.object(TYPE)
            .function("start", call -> pulser(call).start(call))
            .function("getstate", call -> pulser(call).state(call))
            .function("stop", call -> pulser(call).stop(call))
            .function("cancel", call -> {
                Pulser pulser = pulser(call);
                int results = pulser.state(call);
                pulser.end();
                return results;
            })
            .function("adjust", call -> {
                pulser(call).adjust = call.between(2, -MOST_DELAY, MOST_DELAY);
                return pulser(call).state(call);
            })
            .function("update", call -> {
                Pulser pulser = pulser(call);
                int step = call.between(2, 1, pulser.steps.size());
                pulser.steps.get(step - 1).read(call, 3, pulser.steps.size());
                return 0;
            })
            .build();

    static final LuaLibrary LIBRARY =
            LuaLibrary.module(TYPE).function("build", PulseModule::build).build();

    private PulseModule() {}

    private static Pulser pulser(LuaCall call) {
        return call.object(1, Pulser.class, TYPE);
    }

    private static int build(LuaCall call) {
        call.needTable(1);
        List<Step> steps = new ArrayList<>();
        int count = 0;
        for (int at = call.pushIndex(1, 1); call.isTable(at); at = call.pushIndex(1, count + 1)) {
            count++;
            call.pop(1);
            if (count > MOST_STEPS) {
                throw call.argument(1, "at most " + MOST_STEPS + " steps");
            }
        }
        call.pop(1);
        if (count == 0) {
            throw call.argument(1, "no steps");
        }
        call.reserve((long) count * STEP_BYTES);
        Pulser pulser = new Pulser(Caller.device(call), steps);
        for (int i = 1; i <= count; i++) {
            int at = call.pushIndex(1, i);
            Step step = new Step();
            step.read(call, at, count);
            steps.add(step);
            call.pop(1);
        }
        return call.pushObject(pulser, PULSER);
    }

    /** Levels of pins, and how long until the next step. Times in microseconds. */
    private static final class Step {
        private final Map<Integer, Integer> levels = new TreeMap<>();
        private long delay;
        private long least = -1;
        private long most = -1;
        private int loop;
        private long count;
        /** How often the loop is still taken; -1 before its first time. */
        private long left = -1;

        void read(LuaCall call, int index, int steps) {
            call.needTable(index);
            call.walk(index, (key, value) -> {
                if (call.typeName(key).equals("number")) {
                    levels.put(call.between(key, 0, 39), call.between(value, 0, 1));
                }
            });
            delay = micros(call, index, "delay", delay);
            least = micros(call, index, "min", least);
            most = micros(call, index, "max", most);
            loop = (int) field(call, index, "loop", loop, 0, steps);
            count = (long) field(call, index, "count", count, 0, 4_294_967_295.0);
        }

        private static long micros(LuaCall call, int index, String key, long before) {
            return (long) field(call, index, key, before, 0, MOST_DELAY);
        }

        private static double field(LuaCall call, int index, String key, double before, double low, double high) {
            double value = call.numberField(index, key, before);
            if (value != before && !(value >= low && value <= high)) {
                throw call.argument(
                        index < 0 ? 1 : index, key + " must be between " + (long) low + " and " + (long) high);
            }
            return value;
        }

        boolean isAdjustable() {
            return least >= 0 || most >= 0;
        }
    }

    /** The train that runs: a chip has room for one. */
    private static final class Running {
        private @Nullable Pulser pulser;
    }

    /** One table of steps and where it stands. Holds its script object while it runs. */
    private static final class Pulser implements LuaOwned {
        private final Device device;
        private final List<Step> steps;
        private @Nullable LuaRef self;
        private @Nullable LuaRef done;
        private @Nullable LuaRef stopped;
        private DeviceClock.@Nullable Alarm alarm;
        private int position;
        private long executed;
        private long due;
        private long adjust;
        private int stopAt = -1;

        Pulser(Device device, List<Step> steps) {
            this.device = device;
            this.steps = steps;
        }

        @Override
        public long hostBytes() {
            return (long) steps.size() * STEP_BYTES;
        }

        private Running running() {
            return device.state(Running.class, d -> new Running());
        }

        int start(LuaCall call) {
            int at = call.isNumber(2) ? 3 : 2;
            LuaRef function = call.function(at);
            Pulser other = running().pulser;
            if (other != null) {
                function.release();
                throw new LuaError("pulse operation already in progress");
            }
            adjust = at == 3 ? call.between(2, -MOST_DELAY, MOST_DELAY) : 0;
            self = call.ref(1);
            done = function;
            position = 0;
            executed = 0;
            stopAt = -1;
            due = device.nanoTime();
            steps.forEach(step -> step.left = -1);
            running().pulser = this;
            run();
            return 0;
        }

        /** Sets the pins of a step, and of those after it until one has a delay. */
        private void run() {
            for (int i = 0; i < MOST_AT_ONCE; i++) {
                if (position >= steps.size() || position == stopAt || stopAt == Integer.MAX_VALUE) {
                    finish();
                    return;
                }
                Step step = steps.get(position);
                executed++;
                step.levels.forEach((pin, level) -> device.hardware().gpio(pin).write(level));
                long wait = wait(step);
                due += wait * 1000;
                if (wait > 0) {
                    alarm = device.after(due - device.nanoTime(), () -> {
                        alarm = null;
                        position = next(step);
                        run();
                    });
                    return;
                }
                position = next(step);
            }
            end();
            throw new LuaError("pulse: " + MOST_AT_ONCE + " steps without a delay");
        }

        private long wait(Step step) {
            if (!step.isAdjustable() || adjust == 0) {
                return step.delay;
            }
            long low = step.least < 0 ? step.delay : step.least;
            long high = step.most < 0 ? step.delay : step.most;
            long wait = Math.max(low, Math.min(high, step.delay + adjust));
            adjust -= wait - step.delay;
            return wait;
        }

        private int next(Step step) {
            if (step.loop == 0) {
                return position + 1;
            }
            if (step.left < 0) {
                step.left = step.count;
            }
            if (--step.left > 0) {
                return step.loop - 1;
            }
            step.left = -1;
            return position + 1;
        }

        int state(LuaCall call) {
            boolean runs = running().pulser == this;
            if (runs && position < steps.size()) {
                call.push(position + 1);
            } else {
                call.pushNil();
            }
            call.push((double) executed);
            call.push(offset());
            call.push(now());
            return 4;
        }

        private double offset() {
            return (due - device.nanoTime()) / 1000.0;
        }

        private double now() {
            return device.uptimeNanos() / 1000 & 0x7FFFFFFF;
        }

        /** {@code stop([position,] function)}: at the next step, or on entry to that one. */
        int stop(LuaCall call) {
            int at = call.isNumber(2) ? 3 : 2;
            LuaRef function = call.function(at);
            if (running().pulser != this) {
                function.release();
                return call.push(false);
            }
            stopAt = at == 3 ? call.between(2, 1, steps.size()) - 1 : Integer.MAX_VALUE;
            if (stopped != null) {
                stopped.release();
            }
            stopped = function;
            return call.push(true);
        }

        /** Ends without a call. */
        void end() {
            if (alarm != null) {
                alarm.cancel();
                alarm = null;
            }
            if (running().pulser == this) {
                running().pulser = null;
            }
            for (LuaRef ref : new LuaRef[] {self, done, stopped}) {
                if (ref != null) {
                    ref.release();
                }
            }
            self = null;
            done = null;
            stopped = null;
        }

        private void finish() {
            boolean complete = position >= steps.size();
            LuaRef function = complete ? done : stopped;
            LuaRef other = complete ? stopped : done;
            LuaRef object = self;
            done = null;
            stopped = null;
            self = null;
            end();
            if (other != null) {
                other.release();
            }
            if (function != null) {
                Double where = complete ? null : (Double) (double) (position + 1);
                device.later(() -> {
                    device.call(function, where, (double) executed, offset(), now());
                    function.release();
                    if (object != null) {
                        object.release();
                    }
                });
            }
        }
    }
}
