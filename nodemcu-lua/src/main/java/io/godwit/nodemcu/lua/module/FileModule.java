package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.Flash;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** {@code file}: the flash file system, with file objects and with the one file that is open in the old style. */
final class FileModule {

    /** The most that one {@code read} returns unless asked for more. */
    private static final int CHUNK = 1024;
    /** SPIFFS keeps 31 characters of a name. */
    private static final int NAME_LENGTH = 31;

    private static final LuaLibrary FILE = LuaLibrary.object("file.obj")
            .function("close", call -> object(call).close())
            .function("read", call -> object(call).read(call, 2))
            .function("readline", call -> object(call).readLine(call))
            .function("write", call -> object(call).write(call, 2, false))
            .function("writeline", call -> object(call).write(call, 2, true))
            .function("seek", call -> object(call).seek(call, 2))
            .function("flush", call -> object(call).flush(call))
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("file")
            .function("open", FileModule::open)
            .function("close", call -> {
                OpenFile file = Modules.device(call).state(Current.class, d -> new Current()).file;
                if (call.isUserdata(1)) {
                    file = object(call);
                }
                return file == null ? 0 : file.close();
            })
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
            .function("rename", FileModule::rename)
            .function("list", FileModule::list)
            .function("stat", FileModule::stat)
            .function("fsinfo", call -> {
                int used = flash(call).used();
                return call.pushAll(Flash.CAPACITY - used, used, Flash.CAPACITY);
            })
            .function("fscfg", call -> call.pushAll(0x100000, Flash.CAPACITY))
            .function("format", call -> {
                flash(call).list().keySet().forEach(flash(call)::remove);
                return 0;
            })
            .function("getcontents", call -> {
                byte[] content = flash(call).read(call.text(1));
                return content == null ? call.pushNil() : call.push(content);
            })
            .function("putcontents", call -> call.push(flash(call).write(name(call, 1), call.bytes(2))))
            .function("chdir", call -> call.push(true))
            .absent("mount", "on")
            .build();

    private FileModule() {}

    /** The file that the functions of the module work on. */
    private static final class Current {
        private @Nullable OpenFile file;
    }

    private static Flash flash(LuaCall call) {
        return Modules.device(call).flash();
    }

    private static OpenFile object(LuaCall call) {
        OpenFile file = call.object(1, OpenFile.class, "file.obj");
        if (file.closed) {
            throw new LuaError("file already closed");
        }
        return file;
    }

    private static OpenFile current(LuaCall call) {
        OpenFile file = Modules.device(call).state(Current.class, d -> new Current()).file;
        if (file == null || file.closed) {
            throw new LuaError("open a file first");
        }
        return file;
    }

    private static String name(LuaCall call, int index) {
        String name = call.text(index);
        if (name.isEmpty() || name.length() > NAME_LENGTH) {
            throw call.argument(index, "filename must have 1 to " + NAME_LENGTH + " characters");
        }
        return name;
    }

    private static int open(LuaCall call) {
        Device device = Modules.device(call);
        String name = name(call, 1);
        String mode = call.text(2, "r");
        byte[] content = device.flash().read(name);
        boolean reads = mode.startsWith("r");
        if (reads && content == null) {
            return call.pushNil();
        }
        OpenFile file =
                new OpenFile(device.flash(), name, content == null || mode.startsWith("w") ? new byte[0] : content);
        file.writable = !mode.equals("r");
        file.append = mode.startsWith("a");
        if (mode.startsWith("w")) {
            file.dirty = true;
            file.flush();
        }
        Current current = device.state(Current.class, d -> new Current());
        current.file = file;
        return call.pushObject(file, FILE);
    }

    private static int rename(LuaCall call) {
        Flash flash = flash(call);
        byte[] content = flash.read(call.text(1));
        String to = name(call, 2);
        if (content == null || flash.exists(to)) {
            return call.push(false);
        }
        flash.remove(call.text(1));
        return call.push(flash.write(to, content));
    }

    private static int list(LuaCall call) {
        int table = call.newTable();
        String pattern = call.text(1, "");
        flash(call).list().forEach((name, size) -> {
            if (pattern.isEmpty() || LuaNames.matches(name, pattern)) {
                call.set(table, name, size);
            }
        });
        return 1;
    }

    private static int stat(LuaCall call) {
        byte[] content = flash(call).read(call.text(1));
        if (content == null) {
            return call.pushNil();
        }
        int table = call.newTable();
        call.set(table, "size", content.length);
        call.set(table, "name", call.text(1));
        call.set(table, "is_dir", false);
        call.set(table, "is_rdonly", false);
        call.set(table, "is_hidden", false);
        return 1;
    }

    /** A file between open and close. What is written reaches the flash at flush, close and the end of a line. */
    private static final class OpenFile {
        private final Flash flash;
        private final String name;
        private byte[] content;
        private int length;
        private int position;
        private boolean writable;
        private boolean append;
        private boolean dirty;
        private boolean closed;

        OpenFile(Flash flash, String name, byte[] content) {
            this.flash = flash;
            this.name = name;
            this.content = content;
            this.length = content.length;
        }

        int close() {
            flush();
            closed = true;
            return 0;
        }

        int flush(LuaCall call) {
            return flush() ? call.push(true) : call.pushNil();
        }

        private boolean flush() {
            if (!dirty) {
                return true;
            }
            dirty = false;
            return flash.write(name, Arrays.copyOf(content, length));
        }

        /** A number reads that many bytes, a one-character string up to and with that character. */
        int read(LuaCall call, int index) {
            if (call.isNoneOrNil(index) || call.isNumber(index)) {
                return upTo(call, (int) Math.max(0, Math.min(call.integer(index, CHUNK), 1 << 20)), -1);
            }
            byte[] end = call.bytes(index);
            return upTo(call, CHUNK, end.length == 0 ? -1 : end[0]);
        }

        int readLine(LuaCall call) {
            return upTo(call, CHUNK, '\n');
        }

        private int upTo(LuaCall call, int most, int end) {
            if (position >= length) {
                return call.pushNil();
            }
            int stop = Math.min(length, position + most);
            for (int i = position; end >= 0 && i < stop; i++) {
                if (content[i] == end) {
                    stop = i + 1;
                }
            }
            int from = position;
            position = stop;
            return call.push(Arrays.copyOfRange(content, from, stop));
        }

        int write(LuaCall call, int index, boolean line) {
            byte[] text = call.bytes(index);
            if (!writable) {
                return call.pushNil();
            }
            byte[] all = line ? Arrays.copyOf(text, text.length + 1) : text;
            if (line) {
                all[text.length] = '\n';
            }
            int at = append ? length : position;
            int end = at + all.length;
            if (end > Flash.CAPACITY) {
                return call.pushNil();
            }
            if (end > content.length || !dirty) {
                // Before the first write the array may be the image's own.
                content = Arrays.copyOf(content, Math.max(end, Math.max(length, 64) * 2));
            }
            System.arraycopy(all, 0, content, at, all.length);
            position = end;
            length = Math.max(length, end);
            dirty = true;
            if (line && !flush()) {
                return call.pushNil();
            }
            return call.push(true);
        }

        int seek(LuaCall call, int index) {
            String whence = call.text(index, "cur");
            long offset = call.integer(index + 1, 0);
            long target = switch (whence) {
                case "set" -> offset;
                case "cur" -> position + offset;
                case "end" -> length + offset;
                default -> throw call.argument(index, "invalid option '" + whence + "'");
            };
            if (target < 0 || target > length) {
                return call.pushNil();
            }
            position = (int) target;
            return call.push(position);
        }
    }

    /** Name patterns of {@code file.list}: Lua's, reduced to what file names need. */
    private static final class LuaNames {
        static boolean matches(String name, String pattern) {
            StringBuilder regex = new StringBuilder();
            for (int i = 0; i < pattern.length(); i++) {
                char ch = pattern.charAt(i);
                if (ch == '%' && i + 1 < pattern.length()) {
                    char next = pattern.charAt(++i);
                    regex.append(
                            switch (next) {
                                case 'a' -> "[A-Za-z]";
                                case 'd' -> "[0-9]";
                                case 'w' -> "[A-Za-z0-9]";
                                default -> "\\Q" + next + "\\E";
                            });
                } else if (".*+?[]^$".indexOf(ch) >= 0) {
                    regex.append(ch);
                } else if (ch == '-') {
                    regex.append("*?");
                } else {
                    regex.append("\\Q").append(ch).append("\\E");
                }
            }
            try {
                return Pattern.compile(regex.toString(), Pattern.DOTALL)
                        .matcher(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                        .find();
            } catch (PatternSyntaxException e) {
                throw new LuaError("malformed pattern '" + pattern + "'");
            }
        }
    }
}
