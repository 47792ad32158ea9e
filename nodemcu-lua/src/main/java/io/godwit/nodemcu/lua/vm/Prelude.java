package io.godwit.nodemcu.lua.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import party.iroiro.luajava.lua51.Lua51;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * What of the machine is written in Lua, as binary chunks: compiled once in this process, since a fleet would otherwise
 * compile it for each device. Needs the native library.
 */
final class Prelude {

    /** How the place of an error in it begins, which means nothing to the author of a script. */
    static final String NAME = "[prelude]";

    // Set once. Only read.
    static final ByteBuffer MAIN = compiled("prelude.lua");
    static final ByteBuffer BOUNDS = compiled("bounds.lua");
    static final ByteBuffer PATTERNS = compiled("patterns.lua");

    private Prelude() {}

    private static ByteBuffer compiled(String name) {
        ByteBuffer source = source(name);
        try (Lua51 lua = new Lua51()) {
            Lua51Natives c = (Lua51Natives) lua.getLuaNatives();
            long state = lua.getPointer();
            if (c.luaJ_loadbuffer(state, source, source.limit(), "=" + NAME) != 0) {
                throw new IllegalStateException(name + " does not compile: " + c.lua_tostring(state, -1));
            }
            ByteBuffer chunk = (ByteBuffer) c.luaJ_dumptobuffer(state);
            return ByteBuffer.allocateDirect(chunk.remaining()).put(chunk).flip();
        }
    }

    private static ByteBuffer source(String name) {
        try (InputStream in = Objects.requireNonNull(Prelude.class.getResourceAsStream(name), name)) {
            byte[] bytes = in.readAllBytes();
            return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
