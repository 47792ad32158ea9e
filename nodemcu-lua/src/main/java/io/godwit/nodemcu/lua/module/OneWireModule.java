package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.SensorNames;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ow}: a 1-Wire bus with the DS18B20 thermometers of the device's hardware on it, each a sensor {@code ow.ROMCODE} such as
 * {@code ow.28ff641e8c160495}. The last byte of a ROM code is its checksum.
 */
final class OneWireModule {

    private static final int CONVERT = 0x44;
    private static final int READ_SCRATCHPAD = 0xBE;
    private static final int SKIP_ROM = 0xCC;
    private static final int MATCH_ROM = 0x55;
    private static final int READ_ROM = 0x33;

    static final LuaLibrary LIBRARY = LuaLibrary.module("ow")
            .function("setup", call -> {
                bus(call).reset();
                return 0;
            })
            .function("reset", call -> call.push(bus(call).reset() ? 1 : 0))
            .function("skip", call -> {
                bus(call).write(SKIP_ROM);
                return 0;
            })
            .function("select", call -> {
                byte[] rom = call.bytes(2);
                Bus bus = bus(call);
                bus.write(MATCH_ROM);
                for (byte b : rom) {
                    bus.write(b & 0xFF);
                }
                return 0;
            })
            .function("write", call -> {
                bus(call).write((int) call.integer(2) & 0xFF);
                return 0;
            })
            .function("write_bytes", call -> {
                for (byte b : call.bytes(2)) {
                    bus(call).write(b & 0xFF);
                }
                return 0;
            })
            .function("read", call -> call.push(bus(call).read()))
            .function("read_bytes", call -> {
                byte[] bytes = new byte[call.between(2, 0, 256)];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) bus(call).read();
                }
                return call.push(bytes);
            })
            .fixed("depower", call -> 0)
            .function("reset_search", call -> {
                bus(call).searched = 0;
                return 0;
            })
            .function("target_search", call -> {
                bus(call).family = call.between(2, 0, 255);
                bus(call).searched = 0;
                return 0;
            })
            .function("search", call -> {
                byte[] rom = bus(call).search();
                return rom == null ? call.pushNil() : call.push(rom);
            })
            .function("crc8", call -> {
                byte[] bytes = call.bytes(1);
                return call.push(SensorNames.crc8(bytes, bytes.length));
            })
            .function("crc16", call -> call.push(crc16(call.bytes(1), (int) call.integer(2, 0))))
            .function("check_crc16", call -> {
                int crc = ~crc16(call.bytes(1), (int) call.integer(4, 0)) & 0xFFFF;
                return call.push((crc & 0xFF) == call.integer(2) && crc >> 8 == call.integer(3));
            })
            .build();

    private OneWireModule() {}

    /** The buses of a device in this boot, by pin. */
    private static final class Buses {
        private final Map<Integer, Bus> byPin = new HashMap<>(1);
    }

    private static Bus bus(LuaCall call) {
        int pin = call.between(1, 0, 39);
        Bus bus = Caller.device(call).state(Buses.class, d -> new Buses()).byPin.computeIfAbsent(pin, p -> new Bus());
        bus.look(call);
        return bus;
    }

    private static int crc16(byte[] bytes, int start) {
        int crc = start;
        for (byte b : bytes) {
            crc ^= b & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xA001 : crc >> 1;
            }
        }
        return crc & 0xFFFF;
    }

    /** One pin with thermometers on it. */
    private static final class Bus {
        private final Map<String, Double> latched = new HashMap<>(2);
        private List<String> names = List.of();
        private Map<String, Double> readings = Map.of();
        private int searched;
        private int family = -1;
        private @Nullable ByteArrayOutputStream address;
        private List<String> selected = List.of();
        private final ArrayDeque<Integer> answer = new ArrayDeque<>(9);

        void look(LuaCall call) {
            var hardware = Caller.device(call).hardware();
            List<String> found = new ArrayList<>();
            Map<String, Double> now = new HashMap<>(4);
            for (String name : hardware.sensors("ow.")) {
                if (rom(name) != null) {
                    found.add(name);
                    now.put(name, hardware.read("ow." + name, 85));
                }
            }
            names = found;
            readings = now;
        }

        private static byte @Nullable [] rom(String name) {
            try {
                return HexFormat.of().parseHex(name);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        boolean reset() {
            selected = List.of();
            address = null;
            answer.clear();
            return !names.isEmpty();
        }

        byte @Nullable [] search() {
            while (searched < names.size()) {
                byte[] rom = rom(names.get(searched++));
                if (rom != null && (family < 0 || (rom[0] & 0xFF) == family)) {
                    return rom;
                }
            }
            return null;
        }

        void write(int value) {
            if (address != null) {
                address.write(value);
                if (address.size() == 8) {
                    byte[] wanted = address.toByteArray();
                    selected = names.stream()
                            .filter(name -> Arrays.equals(rom(name), wanted))
                            .toList();
                    address = null;
                }
                return;
            }
            answer.clear();
            switch (value) {
                case SKIP_ROM -> selected = names;
                case MATCH_ROM -> address = new ByteArrayOutputStream();
                case READ_ROM -> {
                    byte[] rom = names.isEmpty() ? null : rom(names.get(0));
                    for (int i = 0; rom != null && i < rom.length; i++) {
                        answer.add(rom[i] & 0xFF);
                    }
                }
                case CONVERT -> selected.forEach(name -> latched.put(name, readings.getOrDefault(name, 85.0)));
                case READ_SCRATCHPAD -> scratchpad();
                default -> {}
            }
        }

        /** Until told to convert, a DS18B20 shows 85 degrees. */
        private void scratchpad() {
            if (selected.isEmpty()) {
                return;
            }
            int raw = (int) Math.rint(latched.getOrDefault(selected.get(0), 85.0) * 16);
            byte[] pad = {(byte) raw, (byte) (raw >> 8), 0x4B, 0x46, 0x7F, (byte) 0xFF, 0x0C, 0x10, 0};
            pad[8] = (byte) SensorNames.crc8(pad, 8);
            for (byte b : pad) {
                answer.add(b & 0xFF);
            }
        }

        int read() {
            Integer next = answer.poll();
            return next == null ? 0xFF : next;
        }
    }
}
