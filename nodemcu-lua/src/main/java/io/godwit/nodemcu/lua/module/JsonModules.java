package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaOwned;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code sjson} and its forerunner {@code cjson}: the same code under two names. */
final class JsonModules {

    private static final LuaLibrary NULL = LuaLibrary.object("sjson.null").build();

    private static final LuaLibrary DECODER = LuaLibrary.object("sjson.decoder")
            .function("write", call -> decoder(call).write(call))
            .function("result", call -> decoder(call).result(call))
            .collected(call -> {
                decoder(call).dropped();
                return 0;
            })
            .build();

    private static final LuaLibrary ENCODER = LuaLibrary.object("sjson.encoder")
            .function("read", call -> encoder(call).read(call))
            .collected(call -> {
                encoder(call).dropped();
                return 0;
            })
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(library("sjson", "NULL"), library("cjson", "null"));

    private JsonModules() {}

    private static LuaLibrary library(String name, String nullName) {
        return LuaLibrary.module(name)
                .value(nullName, JsonModules::pushNull)
                .function("encode", call -> {
                    call.needTable(1);
                    return call.push(JsonWriter.encode(call, 1, JsonOptions.read(call, 2)));
                })
                .function("decode", call -> {
                    byte[] text = call.bytes(1);
                    return JsonReader.decode(call, text, JsonOptions.read(call, 2));
                })
                .function("encoder", call -> {
                    call.needTable(1);
                    JsonOptions options = JsonOptions.read(call, 2);
                    return call.pushObject(new Encoder(call.ref(1), options), ENCODER);
                })
                .function("decoder", call -> call.pushObject(new Decoder(JsonOptions.read(call, 1)), DECODER))
                .build();
    }

    private static Decoder decoder(LuaCall call) {
        return call.object(1, Decoder.class, "sjson.decoder");
    }

    private static Encoder encoder(LuaCall call) {
        return call.object(1, Encoder.class, "sjson.encoder");
    }

    /** The one object of a boot that stands for JSON's null, so that scripts can compare with it. */
    private static final class Null {
        private @Nullable LuaRef object;
    }

    static int pushNull(LuaCall call) {
        Null holder = Caller.device(call).state(Null.class, d -> new Null());
        LuaRef known = holder.object;
        if (known != null) {
            return call.push(known);
        }
        call.pushObject(holder, NULL);
        holder.object = call.ref(-1);
        return 1;
    }

    /** Collects text until the outermost object or list is complete. */
    private static final class Decoder implements LuaOwned {
        private final JsonOptions options;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private long reserved;
        private @Nullable LuaRef result;
        private int depth;
        private boolean begun;
        private boolean quoted;
        private boolean escaped;

        Decoder(JsonOptions options) {
            this.options = options;
        }

        int write(LuaCall call) {
            byte[] piece = call.bytes(2);
            // The buffer grows by doubling, and decoding copies it.
            call.reserve(2L * piece.length);
            reserved += 2L * piece.length;
            text.writeBytes(piece);
            for (byte b : piece) {
                accept(b);
            }
            return isComplete() ? result(call) : call.pushNil();
        }

        private void accept(byte b) {
            if (escaped) {
                escaped = false;
            } else if (quoted) {
                escaped = b == '\\';
                quoted = b != '"';
            } else if (b == '"') {
                quoted = true;
            } else if (b == '{' || b == '[') {
                depth++;
                begun = true;
            } else if (b == '}' || b == ']') {
                depth--;
            }
            if (!begun && b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                throw new LuaError("Invalid JSON: must begin with { or [");
            }
        }

        private boolean isComplete() {
            return begun && depth <= 0;
        }

        int result(LuaCall call) {
            LuaRef known = result;
            if (known != null) {
                return call.push(known);
            }
            if (!isComplete()) {
                throw new LuaError("decode not complete");
            }
            JsonReader.decode(call, text.toByteArray(), options);
            result = call.ref(-1);
            text.reset();
            return 1;
        }

        @Override
        public long hostBytes() {
            return reserved;
        }

        void dropped() {
            if (result != null) {
                result.release();
            }
        }
    }

    /** Encodes when the first piece is read. */
    private static final class Encoder implements LuaOwned {
        private final LuaRef value;
        private final JsonOptions options;
        private byte @Nullable [] text;
        private int at;

        Encoder(LuaRef value, JsonOptions options) {
            this.value = value;
            this.options = options;
        }

        int read(LuaCall call) {
            int size = (int) Math.max(1, Math.min(call.integer(2, 1024), 1 << 20));
            byte[] all = text;
            if (all == null) {
                call.push(value);
                all = JsonWriter.encode(call, call.count(), options);
                call.pop(1);
                value.release();
                call.reserve(all.length);
                text = all;
            }
            if (at >= all.length) {
                return call.pushNil();
            }
            int end = Math.min(all.length, at + size);
            byte[] piece = Arrays.copyOfRange(all, at, end);
            at = end;
            return call.push(piece);
        }

        @Override
        public long hostBytes() {
            return text == null ? 0 : text.length;
        }

        void dropped() {
            value.release();
        }
    }
}
