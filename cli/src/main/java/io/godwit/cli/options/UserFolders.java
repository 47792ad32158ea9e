package io.godwit.cli.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the user's files are, by the XDG base directory specification and {@code $HOME}. */
public final class UserFolders {
    private UserFolders() {}

    /** Configuration: {@code ~/.config/godwit}. */
    public static Path configuration() {
        return below("XDG_CONFIG_HOME", Path.of(".config"));
    }

    /** What a program keeps between its runs: {@code ~/.local/state/godwit}. */
    public static Path state() {
        return below("XDG_STATE_HOME", Path.of(".local", "state"));
    }

    private static Path below(String variable, Path usual) {
        @Nullable String base = ProcessInput.variable(variable);
        Path root = base == null || base.isEmpty() ? home().resolve(usual) : Path.of(base);
        return root.resolve("godwit");
    }

    /** {@code $HOME} comes first: Java asks the user database, which knows no user of a container. */
    private static Path home() {
        @Nullable String home = ProcessInput.variable("HOME");
        return Path.of(home != null && !home.isEmpty() ? home : System.getProperty("user.home", "."));
    }
}
