package io.godwit.cli.options;

import io.godwit.mqtt.client.Credentials;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** As whom to connect: user and password, the latter from where nobody else sees it. */
public final class LoginOptions {
    @Option(
            names = {"-u", "--username", "--user"},
            paramLabel = "NAME",
            description = "The user name.")
    private @Nullable String user;

    @Option(
            names = {"-P", "--pw", "--password"},
            paramLabel = "PASSWORD",
            description = "The password; others see it in the list of processes, so rather:")
    private @Nullable String password;

    @Option(
            names = "--password-env",
            paramLabel = "VAR",
            description = "The environment variable that holds the password.")
    private @Nullable String passwordVariable;

    @Option(names = "--password-file", paramLabel = "FILE", description = "The file whose first line is the password.")
    private @Nullable Path passwordFile;

    /** The user that was named, or null. */
    public @Nullable String user() {
        return user;
    }

    /** The password, from wherever it comes, or null. */
    public @Nullable String password() {
        if (passwordVariable != null) {
            return Secrets.fromEnvironment("--password-env", passwordVariable);
        }
        return passwordFile != null ? Secrets.fromFile("--password-file", passwordFile) : password;
    }

    /** User and password, or null; those of an address count when no option names others. */
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
        return Credentials.of(name, secret == null ? null : secret.getBytes(StandardCharsets.UTF_8));
    }
}
