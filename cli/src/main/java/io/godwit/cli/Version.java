package io.godwit.cli;

import java.util.List;
import picocli.CommandLine.IVersionProvider;

/** What {@code godwit --version} says: the version of the build, and the Java it runs on. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return lines().toArray(String[]::new);
    }

    static List<String> lines() {
        return List.of(
                "godwit " + BuiltVersion.TEXT,
                "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + "), "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }
}
