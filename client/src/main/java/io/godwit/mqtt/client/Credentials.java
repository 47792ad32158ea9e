package io.godwit.mqtt.client;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A user name and a password for CONNECT. Never shows the password. */
public final class Credentials {
    private final String username;
    private final byte @Nullable [] password;

    private Credentials(String username, byte @Nullable [] password) {
        this.username = username;
        this.password = password;
    }

    /** A user name and a password that is text, sent as UTF-8. */
    public static Credentials of(String username, String password) {
        return new Credentials(username, password.getBytes(StandardCharsets.UTF_8));
    }

    /** A user name and, if not null, a password of any bytes. */
    public static Credentials of(String username, byte @Nullable [] password) {
        return new Credentials(username, password == null ? null : password.clone());
    }

    public String username() {
        return username;
    }

    /** A copy of the password; null if there is none. Keep it out of logs. */
    public byte @Nullable [] password() {
        return password == null ? null : password.clone();
    }

    @Override
    public String toString() {
        return "Credentials[" + username + (password == null ? "" : ", ***") + "]";
    }
}
