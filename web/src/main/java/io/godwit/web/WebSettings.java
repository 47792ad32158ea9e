package io.godwit.web;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link WebServer} listens, and what it asks of a browser.
 *
 * @param host the address to listen on
 * @param port 0 to 65,535; 0: a free one
 * @param certificate a certificate chain as a PEM file; null: no TLS
 * @param key its private key as a PEM file
 * @param password for the login, in place of one-time tokens; null: tokens
 */
public record WebSettings(
        String host,
        int port,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String password) {
    private static final int SHORTEST_PASSWORD = 8;

    /** 127.0.0.1, without TLS, with one-time tokens. */
    public static WebSettings local(int port) {
        return new WebSettings("127.0.0.1", port, null, null, null);
    }

    /** The same on another port; 0: on a free one. */
    public WebSettings withPort(int newPort) {
        return new WebSettings(host, newPort, certificate, key, password);
    }

    /** Whether only this machine can reach the server. */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    /** @throws IllegalArgumentException if the settings are unsafe or contradict each other; the message says what would be right */
    void check() {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("invalid port " + port + ": must be 0 to 65535");
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a certificate needs its key and a key its certificate");
        }
        if (!isLoopback() && (certificate == null || password == null)) {
            throw new IllegalArgumentException("listening on " + host
                    + ", which others can reach, needs TLS and a password; without them only 127.0.0.1 is possible");
        }
        if (password != null && password.length() < SHORTEST_PASSWORD) {
            throw new IllegalArgumentException(
                    "the page's password is too short: must have at least " + SHORTEST_PASSWORD + " characters");
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "WebSettings[" + host + ":" + port + (certificate == null ? "" : ", TLS")
                + (password == null ? "" : ", password") + "]";
    }
}
