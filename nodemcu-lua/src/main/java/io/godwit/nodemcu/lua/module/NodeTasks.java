package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The tasks of {@code node.task.post} in one boot, by priority. Thread of the device only. */
final class NodeTasks {

    private static final int PRIORITIES = 3;
    private static final int MEDIUM = 1;
    /** The chip's queue per priority. */
    private static final int DEVICE_QUEUE = 8;
    /** What a queued task costs outside of Lua. */
    private static final int TASK_BYTES = 256;
    /** What a task takes on the chip at least, so that virtual time passes while tasks post tasks. */
    private static final long TASK_NANOS = 10_000;

    private final Device device;
    private final List<ArrayDeque<LuaRef>> queues = new ArrayList<>(PRIORITIES);

    NodeTasks(Device device) {
        this.device = device;
        for (int i = 0; i < PRIORITIES; i++) {
            queues.add(new ArrayDeque<>(2));
        }
    }

    /** {@code post([priority,] function)}: the function is called with the priority, higher ones first. */
    int post(LuaCall call) {
        boolean withPriority = !call.isFunction(1);
        int priority = withPriority ? call.between(1, 0, PRIORITIES - 1) : MEDIUM;
        LuaRef task = call.function(withPriority ? 2 : 1);
        ArrayDeque<LuaRef> queue = queues.get(priority);
        if (queue.size() == DEVICE_QUEUE) {
            device.warn(
                    WarningType.DEVICE_LIMIT,
                    call.where() + ": a chip queues " + DEVICE_QUEUE
                            + " tasks of a priority and raises an error beyond");
        }
        try {
            call.reserve(TASK_BYTES);
        } catch (LuaError e) {
            task.release();
            throw new LuaError("Task queue overflow. Task not posted");
        }
        queue.add(task);
        device.later(this::runNext);
        return call.push(true);
    }

    private void runNext() {
        for (int priority = PRIORITIES - 1; priority >= 0; priority--) {
            LuaRef task = queues.get(priority).poll();
            if (task != null) {
                device.requireMachine().release(TASK_BYTES);
                device.call(task, priority);
                task.release();
                device.spend(TASK_NANOS);
                return;
            }
        }
    }
}
