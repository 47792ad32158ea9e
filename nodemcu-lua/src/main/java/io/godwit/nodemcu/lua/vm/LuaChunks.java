package io.godwit.nodemcu.lua.vm;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * Loads chunks: source text, and the binary chunks that {@code string.dump} wrote in this process. Lua 5.1 does not verify
 * binary chunks, and a forged one would take over the process, so each carries a code that only this process can compute.
 */
final class LuaChunks {

    /** The first byte of a binary chunk. */
    private static final byte BINARY = 0x1B;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int CODE_LENGTH = 32;
    private static final SecretKeySpec KEY = newKey();

    private final Lua51Natives c;

    LuaChunks(Lua51Natives c) {
        this.c = c;
    }

    private static SecretKeySpec newKey() {
        byte[] key = new byte[CODE_LENGTH];
        new SecureRandom().nextBytes(key);
        return new SecretKeySpec(key, ALGORITHM);
    }

    private static byte[] code(byte[] chunk) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(KEY);
            return mac.doFinal(chunk);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    /** Appends the code to what {@code string.dump} returned. */
    static byte[] signed(byte[] chunk) {
        byte[] all = Arrays.copyOf(chunk, chunk.length + CODE_LENGTH);
        System.arraycopy(code(chunk), 0, all, chunk.length, CODE_LENGTH);
        return all;
    }

    /** The binary chunk without its code, or null if this process did not write it. */
    static byte @Nullable [] verified(byte[] all) {
        if (all.length <= CODE_LENGTH || all[0] != BINARY) {
            return null;
        }
        byte[] chunk = Arrays.copyOf(all, all.length - CODE_LENGTH);
        byte[] code = Arrays.copyOfRange(all, chunk.length, all.length);
        return MessageDigest.isEqual(code(chunk), code) ? chunk : null;
    }

    /** Whether a chunk is binary and was not written by this process. */
    static boolean isForeign(byte[] chunk) {
        return chunk.length > 0 && chunk[0] == BINARY && verified(chunk) == null;
    }

    /** Pushes a chunk as a function, or pushes nothing and returns the message of the error. */
    @Nullable
    String load(LuaCall view, byte[] source, String chunkName) {
        byte[] chunk = source;
        int start = 0;
        if (source.length > 0 && source[0] == '#') {
            // As the device does: a first line for Unix is skipped, its line end kept for the numbering.
            while (start < source.length && source[start] != '\n') {
                start++;
            }
        }
        if (start < source.length && source[start] == BINARY) {
            byte[] verified = start == 0 ? verified(source) : null;
            if (verified == null) {
                return chunkName.substring(1) + ": binary chunks of other compilers do not run here; use the source";
            }
            chunk = verified;
        }
        ByteBuffer direct = ByteBuffer.allocateDirect(Math.max(1, chunk.length - start));
        direct.put(chunk, start, chunk.length - start);
        if (c.luaJ_loadbuffer(view.state, direct, chunk.length - start, chunkName) == 0) {
            return null;
        }
        String problem = view.isString(-1) ? view.text(-1) : "not enough memory";
        view.pop(1);
        return problem;
    }
}
