package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.List;

/**
 * Modules that set a device up on its first day: {@code enduser_setup}, whose portal a simulated person fills in at once,
 * and {@code mdns}, whose announcements nobody hears.
 */
final class SetupModules {

    private static final LuaLibrary ENDUSER_SETUP = LuaLibrary.module("enduser_setup")
            .function("manual", call -> call.push(call.truth(1)))
            .function("start", call -> {
                Device device = Caller.device(call);
                LuaRef done = null;
                for (int i = 1; i <= call.count() && done == null; i++) {
                    done = call.isFunction(i) ? call.ref(i) : null;
                }
                LuaRef callback = done;
                if (callback != null) {
                    device.after(2_000_000_000L, () -> device.call(callback));
                }
                return 0;
            })
            .fixed("stop", call -> 0)
            .build();

    private static final LuaLibrary MDNS = LuaLibrary.module("mdns")
            .fixed("register", call -> 0)
            .fixed("start", call -> 0)
            .fixed("stop", call -> 0)
            .fixed("close", call -> 0)
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(ENDUSER_SETUP, MDNS);

    private SetupModules() {}
}
