package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher of a clone, as another user than the one who built it starts it: 70 and a sentence, or it works. */
class LauncherTest {
    private static final int CANNOT_START = 70;

    @TempDir
    Path folder;

    private Path root;
    private Path state;

    @BeforeEach
    void copyTheLauncher() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        root = Files.createDirectory(folder.resolve("clone"));
        Path launcher = Files.copy(Path.of("..", "godwit"), root.resolve("godwit"));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        state = Files.createDirectories(root.resolve("cli/target/fast/launcher"));
        Path jar = Files.writeString(root.resolve("godwit.jar"), "no jar");
        Files.writeString(state.resolve("built"), jar.toString());
    }

    /** As a user who is not the owner of the files. */
    private Command asNobody(Map<String, String> environment) {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        List<String> line = new ArrayList<>(List.of("setpriv", "--reuid=65534", "--clear-groups", "env", "HOME=/"));
        environment.forEach((name, value) -> line.add(name + "=" + value));
        line.addAll(List.of(root.resolve("godwit").toString(), "--version"));
        return Command.of(line.toArray(String[]::new));
    }

    private static void hide(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void jars_that_this_user_may_not_read_are_named() throws IOException {
        hide(root.resolve("godwit.jar"));

        Command godwit = asNobody(Map.of()).ends(CANNOT_START);

        assertThat(godwit.errors())
                .isEqualTo("godwit: this user may not read " + root.resolve("godwit.jar")
                        + ". Use the package dist/target/godwit-VERSION.tar.gz instead.\n");
    }

    @Test
    void so_is_what_the_build_has_noted() throws IOException {
        hide(state.resolve("built"));

        Command godwit = asNobody(Map.of()).ends(CANNOT_START);

        assertThat(godwit.errors()).startsWith("godwit: this user may not read " + state.resolve("built"));
    }

    @Test
    void a_clone_that_was_not_built_is_built_by_its_owner_only() throws IOException {
        Files.delete(state.resolve("built"));

        Command godwit = asNobody(Map.of()).ends(CANNOT_START);

        assertThat(godwit.errors()).contains("Godwit has to be built, and this user may not write to " + root);
    }

    @Test
    void a_Java_that_was_not_prepared_is_used_as_it_is() throws IOException {
        Path home = Files.createDirectories(folder.resolve("java/bin")).getParent();
        Path java = Files.writeString(
                home.resolve("bin/java"),
                "#!/bin/sh\ncase $* in *XshowSettings*) echo ' java.specification.version = 25' >&2 ;; *) echo \"started: $*\" ;; esac\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        Command godwit = asNobody(Map.of("JAVA_HOME", home.toString())).ends(0);

        assertThat(godwit.output()).contains("--enable-native-access=ALL-UNNAMED", "io.godwit.cli.Main --version");
        assertThat(godwit.errors()).isEmpty();
    }

    @Test
    void what_was_prepared_unreadably_is_done_without() throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        hide(Files.writeString(prepared(home), "-Dsecret"));
        hide(Files.writeString(Path.of(prepared(home) + ".jsa"), "none"));

        Command godwit = asNobody(Map.of("JAVA_HOME", home.toString()));

        assertThat(godwit.exitCode()).isEqualTo(1);
        assertThat(godwit.errors()).contains("io.godwit.cli.Main").doesNotContain("Permission denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "C.UTF-8"})
    void the_name_of_a_file_does_not_depend_on_the_locale(String locale) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        Files.writeString(prepared(home), "");
        Files.writeString(
                state.resolve("built"), root.resolve("godwit.jar") + ":" + System.getProperty("java.class.path"));
        try (TestBroker broker = TestBroker.start()) {
            List<String> line = new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin", "JAVA_HOME=" + home));
            if (!locale.isEmpty()) {
                line.add("LC_ALL=" + locale);
            }
            line.addAll(List.of(
                    "bash",
                    "-c",
                    "cd '" + folder + "'; F=$(printf 'd\\303\\244tei'); printf hi > \"$F\"; clone/godwit pub -p "
                            + broker.port() + " -t file -f \"$F\""));

            Command.of(line.toArray(String[]::new)).ends(0);

            assertThat(broker.awaitMessage(seen -> seen.topic().equals("file"), Duration.ofSeconds(10))
                            .text())
                    .isEqualTo("hi");
        }
    }

    private Path prepared(Path javaHome) {
        return state.resolve("java" + javaHome.resolve("bin/java").toString().replaceAll("[^A-Za-z0-9]", "_"));
    }

    @Test
    void a_JAVA_HOME_without_Java_is_a_sentence() {
        Command godwit = Command.of(
                        "env", "JAVA_HOME=/nonexistent", root.resolve("godwit").toString(), "--version")
                .ends(CANNOT_START);

        assertThat(godwit.errors()).startsWith("godwit: JAVA_HOME is /nonexistent, which has no bin/java.");
    }
}
