package io.godwit.nodemcu.lua.device;

import org.jspecify.annotations.Nullable;

/**
 * The user name and password to use instead of the script's, for a broker on the desk.
 *
 * @param username null leaves both to the script
 */
public record BrokerLogin(
        @Nullable String username, @Nullable String password) {

    public static final BrokerLogin OF_SCRIPT = new BrokerLogin(null, null);

    /** Without the password. */
    @Override
    public String toString() {
        return "BrokerLogin[" + username + "]";
    }
}
