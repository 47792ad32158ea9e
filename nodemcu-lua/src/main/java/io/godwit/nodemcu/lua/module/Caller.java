package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import java.io.ByteArrayOutputStream;

/** What the functions of all modules ask of a call: the device behind it, and its arguments as bytes. */
final class Caller {
    private Caller() {}

    static Device device(LuaCall call) {
        return call.owner(Device.class);
    }

    /** The profile of the device that makes a call. */
    static Profile profile(LuaCall call) {
        return profile(device(call));
    }

    static Profile profile(Device device) {
        return device.settings()
                .option(MqttSettings.class, MqttSettings.defaults())
                .profile();
    }

    /** The bytes of strings, numbers and lists of numbers from an argument on. */
    static byte[] data(LuaCall call, int first) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int last = call.count();
        for (int i = first; i <= last; i++) {
            if (call.isTable(i)) {
                call.numbers(i).forEach(number -> out.write(number.intValue()));
            } else if (call.isNumber(i)) {
                out.write(call.between(i, 0, 255));
            } else {
                out.writeBytes(call.bytes(i));
            }
        }
        return out.toByteArray();
    }
}
