package io.godwit.nodemcu.lua.vm;

import org.jspecify.annotations.Nullable;

/** The native library of Lua cannot be used on this machine; the message is one sentence that says why. */
public final class LuaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LuaUnavailableException(String message) {
        super(message);
    }

    LuaUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
