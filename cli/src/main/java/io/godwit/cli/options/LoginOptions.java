package io.godwit.cli.options;

import io.godwit.mqtt.client.Credentials;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** User and password; the password preferably from a place that the process list does not show. */
public final class LoginOptions {
    @Option(
            order = 1,
            names = {"-u", "--username", "--user"},
            paramLabel = "NAME",
            description = "The user name.")
    private @Nullable String user;

    @Option(
            order = 1,
            names = {"-P", "--pw", "--password"},
            paramLabel = "PASSWORD",
            description = "The password. Visible in the process list; better:")
    private @Nullable String password;

    @Option(
            order = 1,
            names = "--password-env",
            paramLabel = "VAR",
            description = "The environment variable that holds the password.")
    private @Nullable String passwordVariable;

    @Option(
            order = 1,
            names = "--password-file",
            paramLabel = "FILE",
            description = "The file whose first line is the password.")
    private @Nullable Path passwordFile;

    /** The user name, or null. */
    public @Nullable String user() {
        return user;
    }

    /** The password from any of the options, or null. */
    public @Nullable String password() {
        if (passwordVariable != null) {
            return Secrets.fromEnvironment("--password-env", passwordVariable);
        }
        return passwordFile != null ? Secrets.fromFile("--password-file", passwordFile) : password;
    }

    /** User and password, or null. Options take precedence over the address. */
    @Nullable
    Credentials credentials(@Nullable String userOfAddress, @Nullable String passwordOfAddress) {
        String name = user;
        String secret = password();
        if (name == null && userOfAddress != null) {
            name = userOfAddress;
            secret = secret == null ? passwordOfAddress : secret;
        }
        if (name == null && secret == null) {
            return null;
        }
        if (name == null) {
            throw new IllegalArgumentException("a password needs a user name: add -u NAME");
        }
        return Credentials.of(name, secret == null ? null : RawText.bytes(secret));
    }
}
