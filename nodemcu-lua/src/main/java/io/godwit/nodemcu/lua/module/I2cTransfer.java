package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.VirtualHardware;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the ESP32's hardware I2C interfaces: {@code address}, {@code write} and {@code read} are collected, and
 * {@code transfer} carries them out. Thread of the device only.
 */
final class I2cTransfer {

    private static final int MOST_READ = 4096;
    private static final int MOST_QUEUED = 64 * 1024;
    /** About what a register costs at 400 kHz. */
    private static final long TRANSFER_NANOS = 500_000;

    /** An operation that waits for {@code transfer}. */
    private sealed interface Operation {
        record Address(int device, boolean checked) implements Operation {}

        record Write(byte[] bytes) implements Operation {}

        record Read(int count) implements Operation {}
    }

    /** What came of a transfer. */
    private record Outcome(byte @Nullable [] data, boolean acknowledged) {}

    private List<Operation> operations = new ArrayList<>();
    private int queued;

    int address(LuaCall call) {
        boolean checked = call.isNoneOrNil(4) || call.truth(4);
        add(new Operation.Address(call.between(2, 0, 127), checked), 16);
        return call.push(true);
    }

    int write(LuaCall call) {
        if (call.isBoolean(call.count())) {
            call.pop(1); // whether to check the acknowledgement of each byte
        }
        byte[] bytes = Caller.data(call, 2);
        add(new Operation.Write(bytes), bytes.length);
        return call.push(bytes.length);
    }

    int read(LuaCall call) {
        if (operations.stream().anyMatch(Operation.Read.class::isInstance)) {
            throw new LuaError("only one read per transfer possible");
        }
        add(new Operation.Read(call.between(2, 0, MOST_READ)), 16);
        return 0;
    }

    private void add(Operation operation, int bytes) {
        queued += bytes;
        if (queued > MOST_QUEUED) {
            operations = new ArrayList<>();
            queued = 0;
            throw new LuaError("not enough memory: too many operations wait for i2c.transfer()");
        }
        operations.add(operation);
    }

    /** {@code transfer(id[, function][, to_ms])}: data and acknowledgement, as results or to the function. */
    int transfer(LuaCall call) {
        Device device = Caller.device(call);
        LuaRef callback = call.isFunction(2) ? call.ref(2) : null;
        List<Operation> all = operations;
        operations = new ArrayList<>();
        queued = 0;
        if (callback == null) {
            device.spend(TRANSFER_NANOS);
            Outcome outcome = run(device, all);
            call.pushAny(outcome.data());
            call.push(outcome.acknowledged());
            return 2;
        }
        device.after(TRANSFER_NANOS, () -> {
            Outcome outcome = run(device, all);
            device.call(callback, outcome.data(), outcome.acknowledged());
            callback.release();
        });
        return 0;
    }

    private static Outcome run(Device device, List<Operation> operations) {
        int address = -1;
        byte[] data = null;
        for (Operation operation : operations) {
            VirtualHardware.I2cChip chip =
                    address < 0 ? null : device.hardware().i2c(address);
            if (operation instanceof Operation.Address to) {
                address = to.device();
                if (to.checked() && device.hardware().i2c(address) == null) {
                    return new Outcome(null, false);
                }
            } else if (operation instanceof Operation.Write write) {
                device.hardware()
                        .did(
                                "i2c." + Integer.toHexString(address),
                                HexFormat.of().formatHex(write.bytes()));
                if (chip != null) {
                    chip.written(write.bytes());
                }
            } else if (operation instanceof Operation.Read read) {
                data = chip == null ? filled(read.count()) : Arrays.copyOf(chip.read(read.count()), read.count());
            }
        }
        return new Outcome(data, true);
    }

    /** A bus that nobody pulls down reads as ones. */
    private static byte[] filled(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 0xFF);
        return bytes;
    }
}
