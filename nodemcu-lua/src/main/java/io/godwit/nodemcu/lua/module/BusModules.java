package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.VirtualHardware;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code i2c}: transfers to the attached chips; what no chip answers is only recorded. */
final class BusModules {

    private static final String NO_MASTER = "a simulated device has no I2C master that would address it";

    private static final LuaLibrary SLAVE = LuaLibrary.module("i2c.slave")
            .refused("on", NO_MASTER)
            .refused("setup", NO_MASTER)
            .refused("send", NO_MASTER)
            .build();

    private static final LuaLibrary I2C = LuaLibrary.module("i2c")
            .constants(0, "TRANSMITTER", "RECEIVER")
            .constant("SLOW", 100_000)
            .constant("FAST", 400_000)
            .constant("FASTPLUS", 1_000_000)
            .constants(0, "SW", "HW0", "HW1")
            .constant("MASTER", 1)
            .constant("SLAVE", 0)
            .constants(0, "NACK", "ACK")
            .fixed("setup", call -> call.push(call.number(4, 100_000)))
            .function("start", BusModules::startOrStop)
            .function("stop", BusModules::startOrStop)
            .function(
                    "address",
                    call -> isDeferred(call)
                            ? queue(call).address(call)
                            : call.push(bus(call).address(call)))
            .function(
                    "write",
                    call -> isDeferred(call)
                            ? queue(call).write(call)
                            : call.push(bus(call).write(call)))
            .function(
                    "read",
                    call -> isDeferred(call)
                            ? queue(call).read(call)
                            : call.push(bus(call).read(call)))
            .function("transfer", call -> {
                if (!isDeferred(call)) {
                    throw call.argument(1, "invalid id: must be i2c.HW0 or i2c.HW1");
                }
                return queue(call).transfer(call);
            })
            .nested("slave", SLAVE)
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(I2C, SpiModule.LIBRARY);

    private BusModules() {}

    /** The buses of a device in this boot, by id. */
    private static final class Buses {
        private final Map<Integer, I2cBus> byId = new HashMap<>(1);
        private final Map<Integer, I2cTransfer> queues = new HashMap<>(0);
    }

    private static int startOrStop(LuaCall call) {
        if (!isDeferred(call)) {
            bus(call).flush(Caller.device(call));
        }
        return 0;
    }

    /** The two hardware interfaces of an ESP32 collect commands until {@code transfer}. */
    private static boolean isDeferred(LuaCall call) {
        int id = call.between(1, 0, 9);
        return Caller.profile(call).isEsp32() && (id == 1 || id == 2);
    }

    private static I2cTransfer queue(LuaCall call) {
        int id = call.between(1, 1, 2);
        return Caller.device(call)
                .state(Buses.class, d -> new Buses())
                .queues
                .computeIfAbsent(id, i -> new I2cTransfer());
    }

    private static I2cBus bus(LuaCall call) {
        int id = call.between(1, 0, 9);
        return Caller.device(call).state(Buses.class, d -> new Buses()).byId.computeIfAbsent(id, i -> new I2cBus());
    }

    /** A transfer in progress: bytes written are handed to the chip as a whole, when it ends or turns round. */
    private static final class I2cBus {
        private int address = -1;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        boolean address(LuaCall call) {
            flush(Caller.device(call));
            address = call.between(2, 0, 127);
            return Caller.device(call).hardware().i2c(address) != null;
        }

        int write(LuaCall call) {
            byte[] bytes = Caller.data(call, 2);
            written.writeBytes(bytes);
            return bytes.length;
        }

        byte[] read(LuaCall call) {
            Device device = Caller.device(call);
            flush(device);
            int count = call.between(2, 0, 4096);
            VirtualHardware.I2cChip chip = device.hardware().i2c(address);
            byte[] bytes = chip == null ? filled(count) : chip.read(count);
            if (bytes.length != count) {
                throw new LuaError("the chip at " + address + " gave " + bytes.length + " bytes instead of " + count);
            }
            return bytes;
        }

        /** A bus that nobody pulls down reads as ones. */
        private static byte[] filled(int count) {
            byte[] bytes = new byte[count];
            Arrays.fill(bytes, (byte) 0xFF);
            return bytes;
        }

        void flush(Device device) {
            if (written.size() == 0) {
                return;
            }
            byte[] bytes = written.toByteArray();
            written.reset();
            device.hardware()
                    .did("i2c." + Integer.toHexString(address), HexFormat.of().formatHex(bytes));
            VirtualHardware.@Nullable I2cChip chip = device.hardware().i2c(address);
            if (chip != null) {
                chip.written(bytes);
            }
        }
    }
}
