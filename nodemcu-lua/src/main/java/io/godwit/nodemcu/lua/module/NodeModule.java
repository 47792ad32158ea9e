package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.BootReason;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.ErrorHook;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code node}: restart and sleep, identity, memory, compiling, redirected output. */
final class NodeModule {

    /** What an idle ESP8266 has left; the heap reported falls with what the script uses. */
    private static final int FREE_HEAP = 45_000;

    private static final LuaLibrary TASK = LuaLibrary.module("node.task")
            .constants(0, "LOW_PRIORITY", "MEDIUM_PRIORITY", "HIGH_PRIORITY")
            .function(
                    "post",
                    call -> Caller.device(call)
                            .state(NodeTasks.class, NodeTasks::new)
                            .post(call))
            .build();

    private static final LuaLibrary EGC = LuaLibrary.module("node.egc")
            .constant("NOT_ACTIVE", 0)
            .constant("ON_ALLOC_FAILURE", 1)
            .constant("ON_MEM_LIMIT", 2)
            .constant("ALWAYS", 4)
            .function("setmode", call -> 0)
            .function("meminfo", call -> call.pushAll(FREE_HEAP, heap(call)))
            .build();

    private static final LuaLibrary LFS = LuaLibrary.module("node.LFS")
            .function("get", NodeModule::flashIndex)
            .function("list", call -> {
                int list = call.newTable();
                int at = 0;
                for (String name : Caller.device(call).flash().list().keySet()) {
                    if (name.startsWith("lfs/") && name.endsWith(".lua")) {
                        call.set(list, ++at, name.substring(4, name.length() - 4));
                    }
                }
                return 1;
            })
            .otherwise(NodeModule::lfsEntry)
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("node")
            .constant("CPU80MHZ", 80)
            .constant("CPU160MHZ", 160)
            .constant("INT_UP", 1)
            .constant("INT_DOWN", 2)
            .constant("INT_BOTH", 3)
            .constant("INT_LOW", 4)
            .constant("INT_HIGH", 5)
            .nested("task", TASK)
            .nested("egc", EGC)
            .nested("LFS", LFS)
            .function("restart", call -> {
                Caller.device(call).restart(BootReason.RESTART);
                throw new LuaError("restart");
            })
            .function("dsleep", call -> {
                Device device = Caller.device(call);
                // As the chip: 32 bits of microseconds, some 71 minutes.
                device.sleep(Math.max(0, Math.min(call.integer(1, 0), 0xFFFFFFFFL)));
                throw new LuaError("deep sleep");
            })
            .function("sleep", NodeModule::lightSleep)
            .function("heap", call -> call.push(heap(call)))
            .function("chipid", call -> call.push((double) Caller.device(call).chipId()))
            .function("flashid", call -> call.push(1458400))
            .function("flashsize", call -> call.push(4 << 20))
            .function("info", NodeModule::info)
            .function("bootreason", NodeModule::bootReason)
            .function("compile", NodeModule::compile)
            .function("flashindex", NodeModule::flashIndex)
            .function("output", NodeModule::output)
            .function("input", NodeModule::input)
            .function("setonerror", NodeModule::setOnError)
            .function("setcpufreq", call -> call.push(call.number(1)))
            .function("getcpufreq", call -> call.push(80))
            .function(
                    "readvdd33",
                    call -> call.push(Caller.device(call).hardware().read("adc.vdd33", 3300)))
            .function("random", call -> {
                long low = call.isNoneOrNil(2) ? 1 : call.integer(1);
                if (call.isNoneOrNil(1)) {
                    return call.push(Caller.device(call).random().nextDouble());
                }
                long high = call.isNoneOrNil(2) ? call.integer(1) : call.integer(2);
                if (low > high) {
                    throw call.argument(1, "interval is empty");
                }
                return call.push(low + Math.floor(Caller.device(call).random().nextDouble() * (high - low + 1.0)));
            })
            .function("uptime", call -> call.push(Caller.device(call).uptimeNanos() / 1000.0))
            .function("stripdebug", call -> call.push(1))
            .function("osprint", call -> 0)
            .function("restore", call -> 0)
            .function("readrcr", call -> call.push(2))
            .function("writercr", call -> 0)
            .function("key", call -> 0)
            .function("led", call -> 0)
            .function("dsleepMax", call -> call.push(12_000_000_000.0))
            .function("dsleepsetoption", call -> 0)
            .absent("flashreload", "startup", "startupcommand", "getpartitiontable", "setpartitiontable")
            .build();

    private NodeModule() {}

    /** Light sleep: {@code sleep({secs = 1, us = 500})} keeps the state and lets device time pass. */
    private static int lightSleep(LuaCall call) {
        call.needTable(1);
        double micros = call.numberField(1, "secs", 0) * 1e6 + call.numberField(1, "us", 0);
        if (!(micros > 0 && micros < 1e15)) {
            throw call.argument(1, "secs or us required: nothing else wakes a simulated device");
        }
        Caller.device(call).spend((long) (micros * 1000));
        return 0;
    }

    private static double heap(LuaCall call) {
        // Pointers here are twice as long as on the chip.
        return Math.max(2_000, FREE_HEAP - call.machine().memoryBytes() / 2 + 18_000);
    }

    private static int info(LuaCall call) {
        Device device = Caller.device(call);
        String group = call.text(1, "");
        if (group.isEmpty()) {
            return call.pushAll(3, 0, 0, device.chipId(), 1458400, 4096, 2, 40_000_000);
        }
        int table = call.newTable();
        switch (group) {
            case "hw" -> {
                call.set(table, "chip_id", device.chipId());
                call.set(table, "flash_id", 1458400);
                call.set(table, "flash_size", 4096);
                call.set(table, "flash_mode", 2);
                call.set(table, "flash_speed", 40_000_000);
            }
            case "sw_version" -> {
                call.set(table, "node_version_major", 3);
                call.set(table, "node_version_minor", 0);
                call.set(table, "node_version_revision", 0);
                call.set(table, "git_branch", "godwit");
                call.set(table, "git_release", "3.0.0-godwit");
                call.set(table, "git_commit_id", "");
                call.set(table, "git_commit_dts", "");
            }
            case "build_config" -> {
                call.set(table, "ssl", true);
                call.set(table, "lfs_size", 0);
                call.set(table, "modules", String.join(",", Modules.names()));
                call.set(table, "number_type", "float");
            }
            default -> throw call.argument(1, "invalid option '" + group + "'");
        }
        return 1;
    }

    private static int bootReason(LuaCall call) {
        BootReason reason = Caller.device(call).bootReason();
        return call.pushAll(reason.raw(), reason.extended());
    }

    /** The compiled file is the source under another name: this host runs no bytecode. */
    private static int compile(LuaCall call) {
        String name = call.text(1);
        if (!name.endsWith(".lua") || name.length() < 5) {
            throw new LuaError("not a .lua file");
        }
        Device device = Caller.device(call);
        byte[] source = device.flash().read(name);
        if (source == null) {
            throw new LuaError("cannot open " + name);
        }
        String problem = call.load(source, "@" + name);
        if (problem != null) {
            throw new LuaError(problem);
        }
        if (!device.flash().write(name.substring(0, name.length() - 4) + ".lc", source)) {
            throw new LuaError("cannot open/write to file");
        }
        return 0;
    }

    private static int flashIndex(LuaCall call) {
        if (call.isNoneOrNil(1)) {
            return call.pushNil();
        }
        String name = call.text(1);
        byte[] source = Caller.device(call).flash().read("lfs/" + name + ".lua");
        if (source == null) {
            return call.pushNil();
        }
        String problem = call.load(source, "@" + name + ".lua");
        return problem == null ? 1 : call.failure(problem);
    }

    private static int lfsEntry(LuaCall call) {
        String name = call.text(2);
        byte[] source = Caller.device(call).flash().read("lfs/" + name + ".lua");
        return source == null || call.load(source, "@" + name + ".lua") != null ? 0 : 1;
    }

    private static int output(LuaCall call) {
        Device device = Caller.device(call);
        LuaRef function = call.functionOrNull(1);
        boolean alsoPrint = call.integer(2, 1) != 0;
        if (function == null) {
            device.outputHook(null);
            return 0;
        }
        boolean[] inCallback = new boolean[1];
        String where = call.where();
        device.outputHook(line -> {
            if (inCallback[0]) {
                device.warn(
                        WarningType.DEVICE_DIFFERENCE,
                        where + ": output inside the callback of node.output() makes a chip loop until it restarts");
                return true;
            }
            byte[] withEnd = Arrays.copyOf(line, line.length + 1);
            withEnd[line.length] = '\n';
            try {
                device.later(withEnd.length, () -> {
                    inCallback[0] = true;
                    device.call(function, (Object) withEnd);
                    inCallback[0] = false;
                });
            } catch (LuaError e) {
                device.warn(
                        WarningType.DEVICE_LIMIT,
                        where + ": not enough memory for output that waits for node.output()");
            }
            return alsoPrint;
        });
        return 0;
    }

    /** Runs a line as if it had been typed; what it prints goes where output goes. */
    private static int input(LuaCall call) {
        Device device = Caller.device(call);
        byte[] line = call.bytes(1);
        Input input = device.state(Input.class, d -> new Input());
        device.later(2L * line.length, () -> input.add(device, new String(line, StandardCharsets.UTF_8)));
        return 0;
    }

    /** Lines of {@code node.input} that begin a statement without ending it. */
    private static final class Input {
        private static final int MOST = 4096;
        private String pending = "";

        void add(Device device, String line) {
            String text = pending.length() > MOST ? line : pending + line;
            device.evaluate(text, result -> {
                pending = result == null ? text + "\n" : "";
                if (result != null && !result.isEmpty()) {
                    device.print(result.getBytes(StandardCharsets.UTF_8));
                }
            });
        }
    }

    private static int setOnError(LuaCall call) {
        Hook hook = Caller.device(call).state(Hook.class, Hook::new);
        hook.set(call.functionOrNull(1));
        return 0;
    }

    /** The script's own way with uncaught errors. */
    private static final class Hook implements ErrorHook {
        private final Device device;
        private @Nullable LuaRef function;

        Hook(Device device) {
            this.device = device;
        }

        void set(@Nullable LuaRef newFunction) {
            if (function != null) {
                function.release();
            }
            function = newFunction;
        }

        @Override
        public boolean handles(LuaError error) {
            LuaRef handler = function;
            if (handler == null) {
                return false;
            }
            // An error inside the handler must not come back here for ever.
            function = null;
            device.call(handler, error.traceback());
            if (function == null) {
                function = handler;
            }
            return true;
        }
    }
}
