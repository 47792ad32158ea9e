package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** {@code spi} of both chips: what the script sends is recorded, and the attached chip answers; without one, zeros. */
final class SpiModule {

    private static final int MOST = 4096;

    private static final LuaLibrary DEVICE = LuaLibrary.object("spi.device")
            .function("transfer", SpiModule::transfer)
            .fixed("remove", call -> 0)
            .build();

    private static final LuaLibrary BUS = LuaLibrary.object("spi.master")
            .function("device", call -> {
                call.needTable(2);
                if (!(call.numberField(2, "freq", -1) > 0)) {
                    throw call.argument(2, "freq required");
                }
                int mode = (int) call.numberField(2, "mode", -1);
                if (mode < 0 || mode > 3) {
                    throw call.argument(2, "mode must be between 0 and 3");
                }
                Bus bus = call.object(1, Bus.class, "spi.master");
                return call.pushObject(new SpiDevice(bus.host(), (int) call.numberField(2, "cs", -1)), DEVICE);
            })
            .fixed("close", call -> 0)
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("spi")
            .constants(0, "SLAVE", "MASTER")
            .constants(0, "CPHA_LOW", "CPHA_HIGH")
            .constants(0, "CPOL_LOW", "CPOL_HIGH")
            .constant("DATABITS_8", 8)
            .constant("DATABITS_16", 16)
            .constants(0, "HALFDUPLEX", "FULLDUPLEX")
            .constants(0, "SPI1", "SPI2", "SPI3")
            .constants(1, "HSPI", "VSPI")
            .fixed("setup", call -> call.push(1))
            .function("send", call -> {
                byte[] sent = Caller.data(call, 2);
                byte[] received = exchange(call, call.between(1, 0, 3), sent, sent.length);
                call.push(sent.length);
                call.push(received);
                return 2;
            })
            .function("recv", call -> {
                int count = call.between(2, 0, MOST);
                byte[] filler = new byte[count];
                Arrays.fill(filler, (byte) call.integer(3, 0xFF));
                return call.push(exchange(call, call.between(1, 0, 3), filler, count));
            })
            .function("master", call -> {
                int host = call.between(1, 0, 2);
                return call.pushObject(new Bus(host), BUS);
            })
            .fixed("set_mosi", call -> 0)
            .fixed("get_miso", call -> call.push(0))
            .fixed("set_clock_div", call -> call.push(8))
            .fixed("transaction", call -> 0)
            .refused("slave", "a simulated device has no SPI master that would clock it")
            .build();

    private SpiModule() {}

    private record Bus(int host) {}

    private record SpiDevice(int host, int select) {}

    /** {@code transfer("bytes")} or {@code transfer({txdata = "bytes", rxlen = 3, cmd = 1, addr = 2})}. */
    private static int transfer(LuaCall call) {
        SpiDevice device = call.object(1, SpiDevice.class, "spi.device");
        if (!call.isTable(2)) {
            byte[] sent = call.bytes(2);
            return call.push(exchange(call, device.host(), sent, sent.length));
        }
        Object data = call.field(2, "txdata");
        byte[] sent = data instanceof byte[] bytes ? bytes : new byte[0];
        double wanted = call.numberField(2, "rxlen", 0);
        int received = (int) Math.max(sent.length, Math.min(MOST, Math.max(0, wanted)));
        return call.push(exchange(call, device.host(), sent, received));
    }

    private static byte[] exchange(LuaCall call, int id, byte[] sent, int count) {
        var hardware = Caller.device(call).hardware();
        hardware.did("spi." + id, HexFormat.of().formatHex(sent));
        byte @Nullable [] answer = hardware.exchangeSpi(id, sent);
        return Arrays.copyOf(answer == null ? new byte[0] : answer, count);
    }
}
