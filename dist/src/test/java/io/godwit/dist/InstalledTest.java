package io.godwit.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each package as somebody else than its builder uses it: another user, with an empty home folder and hardly any environment. */
class InstalledTest {
    private static final String NAME = System.getProperty("package.name");
    private static final Path BUILT = Path.of(System.getProperty("package.folder", "."));
    private static final String JAVA = System.getProperty("java.home");

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void anEmptyHome() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = Files.createDirectory(folder.resolve("home"));
        run("chown", "65534", home.toString());
    }

    private static String run(String... line) throws IOException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(process.exitValue())
                .as(() -> String.join(" ", line) + ": " + text)
                .isZero();
        return text;
    }

    /** As that user, with this path for programs. */
    private String asNobody(String path, String... line) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "env",
                "-i",
                "HOME=" + home,
                "PATH=" + path));
        all.addAll(List.of(line));
        return run(all.toArray(String[]::new));
    }

    private static Path built(String pattern) throws IOException {
        try (var files = Files.newDirectoryStream(BUILT, pattern)) {
            for (Path file : files) {
                return file;
            }
        }
        assumeTrue(false, "this build has made no " + pattern + ": the profile packages does");
        throw new AssertionError();
    }

    private Path unpacked(Path archive) throws IOException {
        run("tar", "-xzf", archive.toString(), "-C", folder.toString());
        return folder.resolve(NAME);
    }

    private void works(String path, String... godwit) throws IOException {
        assertThat(asNobody(path, with(godwit, "--version"))).startsWith(NAME.replaceFirst("-", " "));
        assertThat(asNobody(path, with(godwit, "demo"))).contains("hall-display received", "offline");
        assertThat(asNobody(path, with(godwit, "help", "tls", "expired"))).contains("renew");
    }

    private static String[] with(String[] line, String... words) {
        return Stream.concat(Stream.of(line), Stream.of(words)).toArray(String[]::new);
    }

    @Test
    void the_jar_alone() throws IOException {
        Path jar = Files.copy(BUILT.resolve(NAME + ".jar"), folder.resolve("godwit.jar"));

        works("/usr/bin:/bin", JAVA + "/bin/java", "-jar", jar.toString());
    }

    @Test
    void the_package_that_uses_the_Java_of_the_machine() throws IOException {
        Path root = unpacked(BUILT.resolve(NAME + ".tar.gz"));

        works(JAVA + "/bin:/usr/bin:/bin", root.resolve("bin/godwit").toString());

        try (Stream<Path> cache = Files.list(home.resolve(".cache/godwit"))) {
            assertThat(cache).singleElement().asString().endsWith(".jsa");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(".cache/godwit"))))
                .isEqualTo("rwx------");
    }

    @Test
    void the_package_with_its_own_Java() throws IOException {
        Path root = unpacked(built(NAME + "-linux-*.tar.gz"));
        Path tools = Files.createDirectory(folder.resolve("tools")); // a machine without Java
        for (String tool : List.of("sh", "sed", "mkdir", "chmod", "rm", "mv", "readlink", "uname")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }

        works(tools.toString(), root.resolve("bin/godwit").toString());

        assertThat(root.resolve("runtime/bin/java")).isExecutable();
    }

    @Test
    void the_package_for_Debian_is_installed_used_and_removed() throws IOException {
        Path deb = built("godwit_*.deb");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg")), "there is no dpkg");
        assumeTrue(!Files.exists(Path.of("/usr/bin/godwit")), "a godwit is installed already");
        try {
            run("dpkg", "--install", deb.toString());

            works("/usr/bin:/bin", "godwit");
            assertThat(Path.of("/usr/lib/godwit/lib/godwit.jsa")).isNotEmptyFile();
            assertThat(home.resolve(".cache")).doesNotExist(); // the archive made at the installation is used
            assertThat(Path.of("/usr/share/man/man1/godwit-pub.1.gz")).isNotEmptyFile();
            assertThat(Path.of("/usr/share/bash-completion/completions/godwit")).isNotEmptyFile();
        } finally {
            run("dpkg", "--purge", "godwit");
        }
        assertThat(Stream.of(
                        "/usr/bin/godwit",
                        "/usr/lib/godwit",
                        "/usr/share/doc/godwit",
                        "/usr/share/man/man1/godwit.1.gz"))
                .noneMatch(path -> Files.exists(Path.of(path)));
    }

    @Test
    void the_launcher_for_Windows_has_its_ends_of_lines() throws IOException {
        Path root = unpacked(BUILT.resolve(NAME + ".tar.gz"));

        String cmd = Files.readString(root.resolve("bin/godwit.cmd"));

        assertThat(cmd.lines().count()).isEqualTo(cmd.split("\r\n", -1).length - 1L);
        assertThat(cmd).contains("io.godwit.cli.Main %*\r\nexit /b %ERRORLEVEL%\r\n");
    }

    @Test
    void a_jar_that_this_user_may_not_read_is_a_sentence() throws IOException {
        Path root = unpacked(BUILT.resolve(NAME + ".tar.gz"));
        Files.setPosixFilePermissions(root.resolve("lib/godwit.jar"), PosixFilePermissions.fromString("rw-------"));

        String said =
                asNobody("/usr/bin:/bin", "sh", "-c", root.resolve("bin/godwit") + " --version; echo \"code $?\"");

        assertThat(said).isEqualTo("godwit: this user may not read " + root.resolve("lib/godwit.jar") + ".\ncode 70\n");
    }
}
