package io.godwit.nodemcu.lua.vm;

import org.jspecify.annotations.Nullable;

/**
 * An error inside Lua: thrown by a {@link LuaFunction} to raise one, and thrown to the host when a call into Lua ended
 * in one that no {@code pcall} caught.
 */
public final class LuaError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String traceback;
    private final boolean complete;

    /** An error for the script; the line of the script's call is put before the message. */
    public LuaError(String message) {
        this(message, null);
    }

    /** An error of the script's own code on its way through Java: its message has its line already. */
    static LuaError passedOn(String message) {
        return new LuaError(message, null, true);
    }

    LuaError(String message, @Nullable String traceback) {
        this(message, traceback, false);
    }

    private LuaError(String message, @Nullable String traceback, boolean complete) {
        super(message, null, false, false);
        this.traceback = traceback;
        this.complete = complete;
    }

    /** Whether the message needs no line before it. */
    boolean isComplete() {
        return complete;
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
