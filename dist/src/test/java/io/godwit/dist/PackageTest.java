package io.godwit.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.checks.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people download, unpacked in an empty folder and used from there. */
class PackageTest {
    private static final String NAME = System.getProperty("package.name");
    private static final Path BUILT = Path.of(System.getProperty("package.folder", "."));

    @TempDir
    static Path folder = Path.of("set by JUnit");

    private static Path root;

    @BeforeAll
    static void unpack() throws Exception {
        Path place = Files.createDirectories(folder.resolve("a place with spaces"));
        run("tar", "-xzf", BUILT.resolve(NAME + ".tar.gz").toString(), "-C", place.toString());
        root = place.resolve(NAME);
    }

    /** Runs a program to its end, which shall be well; gives what it wrote. */
    private static String run(String... line) throws Exception {
        return run(List.of(line));
    }

    private static String run(List<String> line) throws Exception {
        Process process = start(line);
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    private static Process start(List<String> line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.directory(folder.toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        builder.environment().put("XDG_CONFIG_HOME", folder.resolve("config").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static String godwit(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(root.resolve("bin/godwit").toString()));
        line.addAll(List.of(words));
        return run(line);
    }

    @Test
    void the_launcher_starts_from_anywhere_and_keeps_an_archive_of_classes() throws Exception {
        assertThat(godwit("--version")).startsWith(NAME.replaceFirst("-", " "));
        try (Stream<Path> archives = Files.list(folder.resolve("cache/godwit"))) {
            assertThat(archives)
                    .singleElement()
                    .satisfies(archive -> assertThat(Files.size(archive)).isGreaterThan(1 << 20));
        }
        Path near = Files.createSymbolicLink(folder.resolve("near"), root.resolve("bin/godwit"));
        Path far = Files.createSymbolicLink(folder.resolve("far"), Path.of("near"));
        assertThat(run(far.toString(), "--version")).isEqualTo(run(near.toString(), "--version"));
        assertThat(run("bash", "-c", "cd '" + root + "/bin' && PATH=.:$PATH godwit --version"))
                .startsWith("godwit ");
        assertThat(godwit("demo")).contains("hall-display received", "offline");
    }

    @Test
    void without_a_place_for_the_archive_it_works_too() throws Exception {
        String line = "XDG_CACHE_HOME=/proc/nowhere '" + root + "/bin/godwit' --version";
        assertThat(run("bash", "-c", line)).startsWith("godwit ").hasLineCount(2);
    }

    @Test
    void the_jar_runs_alone() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path jar = Files.copy(BUILT.resolve(NAME + ".jar"), folder.resolve("alone.jar"));
        assertThat(run(java, "-jar", jar.toString(), "--version")).startsWith("godwit ");
        assertThat(run(java, "-jar", jar.toString(), "demo")).contains("hall-display received");
    }

    @Test
    void it_publishes_to_mosquitto() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/mosquitto")), "Mosquitto is not installed");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process broker = start(List.of("/usr/sbin/mosquitto", "-p", String.valueOf(port)));
        try {
            Awaitility.await("Mosquitto").ignoreExceptions().until(() -> {
                new Socket("127.0.0.1", port).close();
                return true;
            });
            String at = String.valueOf(port);
            godwit("pub", "-p", at, "-t", "packed", "-m", "kept", "-r", "-q", "2");
            assertThat(godwit("sub", "-p", at, "-t", "packed", "-C", "1", "-W", "30"))
                    .isEqualTo("kept\n");
        } finally {
            broker.destroy();
        }
    }

    @Test
    void the_page_of_godwit_web_is_in_the_jar_and_is_served() throws Exception {
        Programs.require("node"); // without it the build leaves the page out
        try (JarFile jar = new JarFile(BUILT.resolve(NAME + ".jar").toFile())) {
            assertThat(List.of("index.html", "app.js", "app.css", "icon.svg")).allSatisfy(file -> {
                ZipEntry entry = jar.getEntry("io/godwit/web/page/" + file);
                assertThat(entry).isNotNull();
                assertThat(entry.getSize()).isPositive();
            });
        }
        Process web = start(List.of(root.resolve("bin/godwit").toString(), "web", "--no-browser"));
        try (BufferedReader out = web.inputReader()) {
            String link = out.readLine().replaceFirst(" .*", "");

            HttpClient browser =
                    HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
            assertThat(get(browser, link).statusCode()).as(link).isEqualTo(200);

            HttpResponse<String> page = get(browser, link.replaceFirst("\\?.*", ""));

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("app.js");
        } finally {
            web.destroy();
            web.waitFor();
        }
    }

    private static HttpResponse<String> get(HttpClient client, String address) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void it_runs_Lua() throws Exception {
        Path device = Files.createDirectory(folder.resolve("device"));
        Path script = Files.writeString(device.resolve("init.lua"), "print(\"Lua says \" .. 6 * 7)\n");
        assertThat(godwit("run", script.toString(), "--for", "1s")).contains("Lua says 42");
    }

    @Test
    void man_pages_and_completion_are_where_systems_look_for_them() throws IOException {
        assertThat(Files.readString(root.resolve("share/man/man1/godwit-pub.1")))
                .startsWith(".TH GODWIT-PUB 1");
        assertThat(root.resolve("share/man/man1/godwit.1")).exists();
        assertThat(root.resolve("share/bash-completion/completions/godwit")).isNotEmptyFile();
        assertThat(root.resolve("share/zsh/site-functions/_godwit")).isNotEmptyFile();
        assertThat(root.resolve("share/fish/vendor_completions.d/godwit.fish")).isNotEmptyFile();
        assertThat(Stream.of("README.md", "LICENSE", "THIRD-PARTY.md", "share/doc/godwit/cli.md"))
                .allMatch(file -> Files.isRegularFile(root.resolve(file)));
    }

    @Test
    void each_work_of_others_in_the_jar_is_named_with_its_licence() throws IOException {
        String named = Files.readString(root.resolve("THIRD-PARTY.md"));
        Set<String> groups = new TreeSet<>();
        try (JarFile jar = new JarFile(BUILT.resolve(NAME + ".jar").toFile())) {
            groups.addAll(jar.stream()
                    .map(entry -> entry.getName().split("/"))
                    .filter(path -> path.length == 5 && path[1].equals("maven") && path[4].equals("pom.properties"))
                    .map(path -> path[2])
                    .collect(Collectors.toSet()));
            assertThat(jar.getEntry("META-INF/THIRD-PARTY.md")).isNotNull();
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
            try (InputStream provider =
                    jar.getInputStream(jar.getEntry("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))) {
                assertThat(provider).hasContent("org.slf4j.simple.SimpleServiceProvider");
            }
        }
        groups.remove("io.godwit");
        assertThat(groups).contains("io.netty").allMatch(group -> named.contains("`" + group + "`"));
    }
}
