package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Flash;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaOwned;
import java.util.Arrays;

/** A file between open and close. What is written reaches the flash at flush, close and the end of a line. */
final class OpenFile implements LuaOwned {

    /** The most that one {@code read} returns unless asked for more. */
    static final int CHUNK = 1024;

    private static final byte[] NOTHING = new byte[0];

    private final Flash flash;
    private final String name;
    private final boolean readable;
    private final boolean writable;
    private final boolean append;
    private byte[] content;
    private int length;
    private int position;
    private int reserved;
    private boolean dirty;
    private boolean closed;

    /** The caller has checked that a file exists if the mode needs one. */
    OpenFile(Flash flash, String name, String mode, byte[] content) {
        this.flash = flash;
        this.name = name;
        this.readable = mode.startsWith("r") || mode.endsWith("+");
        this.writable = !mode.equals("r");
        this.append = mode.startsWith("a");
        this.content = content;
        this.length = content.length;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public long hostBytes() {
        return reserved;
    }

    /** Empties the file, for the modes with a {@code w}. */
    boolean truncate() {
        content = NOTHING;
        length = 0;
        dirty = true;
        return flush();
    }

    int close(LuaCall call) {
        flush();
        closed = true;
        content = NOTHING;
        length = 0;
        call.machine().release(reserved);
        reserved = 0;
        return 0;
    }

    int flush(LuaCall call) {
        return flush() ? call.push(true) : call.pushNil();
    }

    private boolean flush() {
        if (!dirty) {
            return true;
        }
        if (!flash.write(name, Arrays.copyOf(content, length))) {
            return false;
        }
        dirty = false;
        return true;
    }

    /** A number reads that many bytes, a one-character string up to and with that character. */
    int read(LuaCall call, int index) {
        if (call.isNoneOrNil(index)) {
            return upTo(call, CHUNK, -1);
        }
        if (call.isNumber(index)) {
            return upTo(call, call.between(index, 0, Flash.CAPACITY), -1);
        }
        byte[] end = call.bytes(index);
        if (end.length != 1) {
            throw new LuaError("wrong arg range");
        }
        return upTo(call, CHUNK, end[0]);
    }

    int readLine(LuaCall call) {
        return upTo(call, CHUNK, '\n');
    }

    private int upTo(LuaCall call, int most, int end) {
        if (!readable || position >= length) {
            return call.pushNil();
        }
        int stop = (int) Math.min(length, (long) position + most);
        for (int i = position; end >= 0 && i < stop; i++) {
            if (content[i] == (byte) end) {
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
            int capacity = Math.max(end, Math.min(Flash.CAPACITY, Math.max(length, 64) * 2));
            call.reserve(capacity - reserved);
            reserved = capacity;
            content = Arrays.copyOf(content, capacity);
        }
        System.arraycopy(all, 0, content, at, all.length);
        position = end;
        length = Math.max(length, end);
        dirty = true;
        return line && !flush() ? call.pushNil() : call.push(true);
    }

    int seek(LuaCall call, int index) {
        String whence = call.text(index, "cur");
        long offset = call.integer(index + 1, 0);
        long base = switch (whence) {
            case "set" -> 0;
            case "cur" -> position;
            case "end" -> length;
            default -> throw call.argument(index, "invalid option '" + whence + "'");
        };
        if (offset < -base || offset > length - base) {
            return call.pushNil();
        }
        position = (int) (base + offset);
        return call.push(position);
    }
}
