package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaOwned;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code pipe}: a queue of bytes with a reader that runs as a task of its own. Thread of the device only. */
final class PipeModule {

    private static final String TYPE = "pipe.pipe";
    /** The firmware keeps the bytes in records of this size, which {@code nrec} counts. */
    private static final int RECORD = 256;

    private static final LuaLibrary PIPE = LuaLibrary.object(TYPE)
            .function("read", call -> pipe(call).read(call, 2))
            .function("reader", call -> {
                Pipe pipe = pipe(call);
                boolean given = !call.isNoneOrNil(2);
                Object how = given ? call.value(2) : null;
                return call.pushFunction("reader", false, inner -> {
                    inner.pushAny(how);
                    return pipe.read(inner, inner.count());
                });
            })
            .function("unread", call -> {
                pipe(call).unread(call);
                return 0;
            })
            .function("write", call -> pipe(call).write(call))
            .function("nrec", call -> call.push((pipe(call).bytes.length + RECORD - 1) / RECORD))
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("pipe")
            .function("create", call -> {
                Pipe pipe = new Pipe(Caller.device(call), call.functionOrNull(1));
                return call.pushObject(pipe, PIPE);
            })
            .build();

    private PipeModule() {}

    private static Pipe pipe(LuaCall call) {
        return call.object(1, Pipe.class, TYPE);
    }

    private static final class Pipe implements LuaOwned {
        private final Device device;
        private final @Nullable LuaRef reader;
        private byte[] bytes = new byte[0];
        private @Nullable LuaRef self;

        Pipe(Device device, @Nullable LuaRef reader) {
            this.device = device;
            this.reader = reader;
        }

        @Override
        public long hostBytes() {
            return bytes.length;
        }

        int write(LuaCall call) {
            byte[] more = call.bytes(2);
            call.reserve(more.length);
            ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.length + more.length);
            all.writeBytes(bytes);
            all.writeBytes(more);
            bytes = all.toByteArray();
            if (reader != null && self == null) {
                self = call.ref(1);
                device.later(this::runReader);
            }
            return call.pushCopy(1);
        }

        /** The reader runs again for as long as it returns true and bytes are left. */
        private void runReader() {
            LuaRef function = reader;
            LuaRef pipe = self;
            if (function == null || pipe == null) {
                return;
            }
            int before = bytes.length;
            device.call(function, pipe);
            if (bytes.length > 0 && bytes.length < before) {
                device.later(this::runReader);
            } else {
                self = null;
                pipe.release();
            }
        }

        void unread(LuaCall call) {
            byte[] first = call.bytes(2);
            call.reserve(first.length);
            byte[] all = Arrays.copyOf(first, first.length + bytes.length);
            System.arraycopy(bytes, 0, all, first.length, bytes.length);
            bytes = all;
        }

        /** A number of bytes, or up to a character; what is left at the end is returned as it is. */
        int read(LuaCall call, int index) {
            if (bytes.length == 0) {
                return call.pushNil();
            }
            int taken = bytes.length;
            int dropped = 0;
            if (call.isNumber(index) && !call.isNoneOrNil(index)) {
                taken = Math.min(call.between(index, 1, 1 << 20), bytes.length);
            } else {
                String how = call.text(index, "\n+");
                int at = how.isEmpty() ? -1 : indexOf((byte) how.charAt(0));
                if (at >= 0) {
                    dropped = how.endsWith("+") && how.length() > 1 ? 0 : 1;
                    taken = at + 1 - dropped;
                }
            }
            byte[] record = Arrays.copyOf(bytes, taken);
            bytes = Arrays.copyOfRange(bytes, taken + dropped, bytes.length);
            call.machine().release(taken + (long) dropped);
            return call.push(record);
        }

        private int indexOf(byte wanted) {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == wanted) {
                    return i;
                }
            }
            return -1;
        }
    }
}
