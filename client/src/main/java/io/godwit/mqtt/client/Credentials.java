package io.godwit.mqtt.client;

import io.godwit.mqtt.protocol.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A user name and a password for CONNECT. Never shows the password. */
public final class Credentials {
    private final String username;
    private final byte @Nullable [] password;

    private Credentials(String username, byte @Nullable [] password) {
        Utf8.check(
                "user name",
                Objects.requireNonNull(username, "the user name is null: is the variable set that it comes from?"));
        if (password != null && password.length > 65_535) {
            throw new IllegalArgumentException(
                    "the password has " + password.length + " bytes: must be at most 65,535 (section 3.1.3.5)");
        }
        this.username = username;
        this.password = password;
    }

    /**
     * A user name and a password that is text, sent as UTF-8.
     *
     * @param password null for a user name alone
     * @throws IllegalArgumentException if CONNECT cannot contain one of them: too long, or a user name with U+0000
     */
    public static Credentials of(String username, @Nullable String password) {
        return new Credentials(username, password == null ? null : password.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A user name and, if not null, a password of any bytes.
     *
     * @throws IllegalArgumentException if CONNECT cannot contain one of them: too long, or a user name with U+0000
     */
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
