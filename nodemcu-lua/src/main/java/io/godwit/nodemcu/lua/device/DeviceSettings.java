package io.godwit.nodemcu.lua.device;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaLimits;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What makes one device: identity, start script, limits.
 *
 * @param name how people call it
 * @param index its place in the fleet, from 0; identity derives from it
 * @param seed feeds everything random about the device
 * @param script the file that runs at boot, {@code init.lua} on a board
 * @param onError what follows an uncaught error
 * @param limits for each callback
 * @param modules the ROM modules, by name
 * @param used sees the whole name of each function, such as {@code wifi.sta.getip}, when the script first names it
 * @param options settings for modules, by name; a module states which it reads
 */
public record DeviceSettings(
        String name,
        int index,
        long seed,
        String script,
        OnError onError,
        LuaLimits limits,
        Function<String, @Nullable LuaLibrary> modules,
        BiConsumer<LuaCall, String> used,
        Map<Class<?>, Object> options) {

    public DeviceSettings {
        options = Map.copyOf(options);
    }

    /** The option of a type, which must have been given. */
    public <T> T option(Class<T> type, T absent) {
        Object option = options.get(type);
        return option == null ? absent : type.cast(option);
    }
}
