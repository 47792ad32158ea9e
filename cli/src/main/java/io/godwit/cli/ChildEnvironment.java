package io.godwit.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Map;

/** The environment of a command that the user wants to be run: the user's own locale, and what the message says. */
final class ChildEnvironment {
    /** Where the launcher keeps LC_ALL, which it changes for Java; empty: it was not set. */
    private static final String KEPT = "GODWIT_LC_ALL";

    private final Map<String, String> variables;

    ChildEnvironment(Map<String, String> variables) {
        this.variables = variables;
        String kept = variables.remove(KEPT);
        if (kept != null && kept.isEmpty()) {
            variables.remove("LC_ALL");
        } else if (kept != null) {
            variables.put("LC_ALL", kept);
        }
    }

    /**
     * Sets a variable.
     *
     * @throws IOException if Java cannot pass this value on in its locale, or no environment can
     */
    void put(String name, String value) throws IOException {
        if (!Charset.defaultCharset().newEncoder().canEncode(value) || value.indexOf('\0') >= 0) {
            throw new IOException(name + " cannot hold the text of this message in this locale; set LC_ALL=C.UTF-8");
        }
        variables.put(name, value);
    }
}
