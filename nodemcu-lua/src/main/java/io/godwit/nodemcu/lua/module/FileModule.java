package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.Flash;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaPattern;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code file}: the flash file system, with file objects and with the one file that is open in the old style. */
final class FileModule {

    /** SPIFFS keeps 31 characters of a name. */
    private static final int NAME_LENGTH = 31;

    private static final Set<String> MODES = Set.of("r", "w", "a", "r+", "w+", "a+");

    private static final LuaLibrary FILE = LuaLibrary.object("file.obj")
            .function("close", call -> object(call).close(call))
            .function("read", call -> object(call).read(call, 2))
            .function("readline", call -> object(call).readLine(call))
            .function("write", call -> object(call).write(call, 2, false))
            .function("writeline", call -> object(call).write(call, 2, true))
            .function("seek", call -> object(call).seek(call, 2))
            .function("flush", call -> object(call).flush(call))
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("file")
            .function("open", FileModule::open)
            .function("close", FileModule::close)
            .function("read", call -> current(call).read(call, 1))
            .function("readline", call -> current(call).readLine(call))
            .function("write", call -> current(call).write(call, 1, false))
            .function("writeline", call -> current(call).write(call, 1, true))
            .function("seek", call -> current(call).seek(call, 1))
            .function("flush", call -> current(call).flush(call))
            .function("exists", call -> call.push(flash(call).exists(call.text(1))))
            .function("remove", call -> {
                flash(call).remove(call.text(1));
                return 0;
            })
            .function("rename", call -> call.push(flash(call).rename(name(call, 1), name(call, 2))))
            .function("list", FileModule::list)
            .function("stat", FileModule::stat)
            .function("fsinfo", FileModule::fsInfo)
            .function("fscfg", call -> call.pushAll(0x100000, Flash.CAPACITY))
            .function("format", FileModule::format)
            .function("getcontents", call -> {
                byte[] content = flash(call).read(call.text(1));
                return content == null ? call.pushNil() : call.push(content);
            })
            .function(
                    "putcontents",
                    call -> flash(call).write(name(call, 1), call.bytes(2)) ? call.push(true) : call.pushNil())
            .function("mkdir", call -> call.push(flash(call).makeFolder(name(call, 1))))
            .function("chdir", FileModule::changeFolder)
            .function("mount", FileModule::mount)
            .function("on", call -> 0)
            .build();

    private FileModule() {}

    /** The file that the functions of the module work on. */
    private static final class Current {
        private @Nullable OpenFile file;
    }

    private static Flash flash(LuaCall call) {
        return Caller.device(call).flash();
    }

    private static OpenFile object(LuaCall call) {
        OpenFile file = call.object(1, OpenFile.class, "file.obj");
        if (file.isClosed()) {
            throw new LuaError("file already closed");
        }
        return file;
    }

    private static OpenFile current(LuaCall call) {
        OpenFile file = Caller.device(call).state(Current.class, d -> new Current()).file;
        if (file == null || file.isClosed()) {
            throw new LuaError("open a file first");
        }
        return file;
    }

    private static String name(LuaCall call, int index) {
        String name = call.text(index);
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (last.isEmpty()
                || last.length() > NAME_LENGTH
                || name.length() > 4 * NAME_LENGTH
                || name.indexOf('\0') >= 0) {
            throw call.argument(index, "filename invalid");
        }
        return name;
    }

    private static int open(LuaCall call) {
        Device device = Caller.device(call);
        String name = name(call, 1);
        String mode = call.text(2, "r").replace("b", "");
        if (!MODES.contains(mode)) {
            throw call.argument(2, "invalid mode");
        }
        byte[] content = device.flash().read(name);
        if (mode.startsWith("r") && content == null) {
            return call.pushNil();
        }
        Current current = device.state(Current.class, d -> new Current());
        OpenFile before = current.file;
        if (before != null && !before.isClosed() && Caller.profile(device) == Profile.ESP8266_1_5) {
            // Firmware without file objects has one file.
            before.close(call);
        }
        OpenFile file = new OpenFile(device.flash(), name, mode, content == null ? new byte[0] : content);
        if ((mode.startsWith("w") || content == null) && !file.truncate()) {
            return call.pushNil();
        }
        current.file = file;
        return call.pushObject(file, FILE);
    }

    private static int close(LuaCall call) {
        OpenFile file =
                call.isUserdata(1) ? object(call) : Caller.device(call).state(Current.class, d -> new Current()).file;
        return file == null || file.isClosed() ? 0 : file.close(call);
    }

    /** {@code list([pattern])}: name to size of the files whose name matches. */
    private static int list(LuaCall call) {
        byte[] pattern = call.isNoneOrNil(1) ? null : call.bytes(1);
        Map<String, Integer> all = flash(call).list();
        Collection<String> wanted = pattern == null ? all.keySet() : LuaPattern.matching(all.keySet(), pattern);
        int table = call.newTable();
        for (String name : wanted) {
            call.push(name.getBytes(StandardCharsets.ISO_8859_1));
            call.push((double) all.getOrDefault(name, 0));
            call.setTopTwo(table);
        }
        return 1;
    }

    private static int stat(LuaCall call) {
        String name = call.text(1);
        byte[] content = flash(call).read(name);
        boolean folder = content == null && flash(call).isFolder(name);
        if (content == null && !folder) {
            return call.pushNil();
        }
        int table = call.newTable();
        call.set(table, "size", content == null ? 0 : content.length);
        call.set(table, "name", call.bytes(1));
        call.set(table, "is_dir", folder);
        for (String flag : new String[] {"is_rdonly", "is_hidden", "is_sys", "is_arch"}) {
            call.set(table, flag, false);
        }
        // SPIFFS keeps no times.
        int time = call.newTable();
        call.set(time, "year", 1970);
        call.set(time, "mon", 1);
        call.set(time, "day", 1);
        for (String unit : new String[] {"hour", "min", "sec"}) {
            call.set(time, unit, 0);
        }
        call.setTop(table, "time");
        return 1;
    }

    private static int fsInfo(LuaCall call) {
        int used = Math.min(Flash.CAPACITY, flash(call).used());
        return call.pushAll(Flash.CAPACITY - used, used, Flash.CAPACITY);
    }

    private static int format(LuaCall call) {
        Flash flash = flash(call);
        flash.list().keySet().forEach(flash::remove);
        Caller.device(call).print("format done.".getBytes(StandardCharsets.US_ASCII));
        return 0;
    }

    private static int changeFolder(LuaCall call) {
        String name = call.text(1);
        return call.push(
                name.equals("/FLASH") || name.equals("/FLASH/") || flash(call).isFolder(name));
    }

    private static int mount(LuaCall call) {
        call.text(1);
        Caller.device(call).warn(WarningType.DEVICE_DIFFERENCE, call.where() + ": file.mount() finds no SD card here");
        return call.pushNil();
    }
}
