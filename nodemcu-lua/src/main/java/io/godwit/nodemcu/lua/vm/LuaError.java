package io.godwit.nodemcu.lua.vm;

import org.jspecify.annotations.Nullable;

/**
 * An error inside Lua: thrown by a {@link LuaFunction} to raise one, and thrown to the host when a call into Lua ended
 * in one that no {@code pcall} caught.
 */
public final class LuaError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String traceback;

    /** An error for the script; the line of the script's call is put before the message. */
    public LuaError(String message) {
        this(message, null);
    }

    LuaError(String message, @Nullable String traceback) {
        super(message, null, false, false);
        this.traceback = traceback;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }

    /** The message followed by Lua's own traceback, as a device prints it. */
    public String traceback() {
        return traceback == null ? getMessage() : traceback;
    }
}
