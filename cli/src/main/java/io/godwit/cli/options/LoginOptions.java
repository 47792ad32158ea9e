package io.godwit.cli.options;

import io.godwit.mqtt.client.Credentials;
import java.io.Console;
import java.nio.file.Path;
import java.util.function.Supplier;
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

    @Option(
            order = 1,
            names = "--password-command",
            paramLabel = "CMD",
            description =
                    "The command of the shell whose first line of output is the password, such as: pass show plant")
    private @Nullable String passwordCommand;

    @Option(order = 1, names = "--ask-password", description = "Prompt for the password.")
    private boolean askPassword;

    /** What was typed, so that it is asked for once. */
    private @Nullable String asked;

    private Supplier<String> prompt = LoginOptions::ask;

    /** Asks for the password of {@code --ask-password} in another way than on the console. */
    public void prompt(Supplier<String> newPrompt) {
        prompt = newPrompt;
    }

    private static String ask() {
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("Password: ");
        if (typed == null) {
            throw new IllegalArgumentException("--ask-password: there is no terminal to ask on; use --password-env,"
                    + " --password-file or --password-command");
        }
        return new String(typed);
    }

    /** The user name, or null. */
    public @Nullable String user() {
        return user;
    }

    /** The password from any of the options, or null. */
    public @Nullable String password() {
        if (passwordVariable != null) {
            return Secrets.fromEnvironment("--password-env", passwordVariable);
        }
        if (passwordCommand != null) {
            return Secrets.fromCommand("--password-command", passwordCommand);
        }
        if (askPassword) {
            if (user == null) {
                throw new IllegalArgumentException("--ask-password needs a user name: add -u NAME");
            }
            String typed = asked != null ? asked : prompt.get();
            asked = typed;
            return typed;
        }
        return passwordFile != null ? Secrets.fromFile("--password-file", passwordFile) : password;
    }

    /** Whether any of the options is given. */
    boolean isGiven() {
        return user != null || hasPassword();
    }

    private boolean hasPassword() {
        return password != null
                || passwordVariable != null
                || passwordFile != null
                || passwordCommand != null
                || askPassword;
    }

    /**
     * User and password of the options.
     *
     * @param otherwise the user if only a password is given, or null
     */
    Credentials credentials(@Nullable String otherwise) {
        String name = user != null ? user : otherwise;
        if (name == null) {
            throw new IllegalArgumentException("a password needs a user name: add -u NAME");
        }
        String secret = password();
        return Credentials.of(name, secret == null ? null : RawText.bytes(secret));
    }
}
