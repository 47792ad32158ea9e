package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.OnError;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Runs one script in virtual time, unless the options say otherwise, and keeps what it says. */
final class ScriptRun implements DeviceListener {

    final List<String> printed = Collections.synchronizedList(new ArrayList<>());
    final List<Warning> warnings = Collections.synchronizedList(new ArrayList<>());
    final List<String> errors = Collections.synchronizedList(new ArrayList<>());

    /** Runs the script as init.lua of an empty folder and lets some time of the device pass. */
    static ScriptRun of(Path folder, String script, Duration time) {
        return of(folder, script, time, options -> options);
    }

    static ScriptRun of(Path folder, String script, Duration time, UnaryOperator<HostOptions> change) {
        ScriptRun run = new ScriptRun();
        try {
            Files.writeString(folder.resolve("init.lua"), script);
            HostOptions options =
                    change.apply(HostOptions.of(folder).virtual(true).onError(OnError.STOP));
            try (Host host = Host.start(options, run)) {
                host.run(time);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return run;
    }

    @Override
    public void printed(Device device, byte[] line) {
        printed.add(new String(line, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void warned(Device device, Warning warning) {
        warnings.add(warning);
    }

    @Override
    public void failed(Device device, LuaError error) {
        errors.add(error.traceback());
    }
}
