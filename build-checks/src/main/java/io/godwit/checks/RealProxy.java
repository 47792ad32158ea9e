package io.godwit.checks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real proxy on a free port of 127.0.0.1: Dante and microsocks for SOCKS, Tinyproxy and Squid for HTTP. A test that needs one
 * which is not installed is skipped, by its name; {@code interop/install proxies} installs them.
 */
public final class RealProxy implements AutoCloseable {
    private static final String USER = "user";
    private static final String PASSWORD = "secret";

    private final Process process;
    private final String scheme;
    private final int port;
    private final boolean credentials;
    private final Path folder;

    private RealProxy(Path folder, String scheme, int port, boolean credentials, List<String> command)
            throws IOException {
        this.scheme = scheme;
        this.port = port;
        this.credentials = credentials;
        this.folder = folder;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy.out").toFile())
                .start();
        await("the proxy answers").atMost(Duration.ofSeconds(20)).until(() -> Programs.answers(port));
    }

    /** SOCKS 4 and 5 for everyone. */
    public static RealProxy dante(Path folder) throws IOException {
        String program = Programs.require("danted").toString();
        int port = Programs.freePort();
        Path configuration = Files.writeString(
                folder.resolve("danted.conf"),
                "logoutput: " + folder + "/danted.log\ninternal: 127.0.0.1 port = " + port
                        + "\nexternal: lo\nclientmethod: none\nsocksmethod: none\nuser.privileged: root\n"
                        + "user.unprivileged: root\n"
                        + "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n"
                        + "socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n");
        return new RealProxy(folder, "socks5", port, false, List.of(program, "-f", configuration.toString()));
    }

    /** SOCKS 5 with user and password. */
    public static RealProxy microsocks(Path folder) throws IOException {
        int port = Programs.freePort();
        List<String> command = List.of(
                Programs.require("microsocks").toString(),
                "-i",
                "127.0.0.1",
                "-p",
                "" + port,
                "-u",
                USER,
                "-P",
                PASSWORD);
        return new RealProxy(folder, "socks5", port, true, command);
    }

    /** HTTP CONNECT with user and password. */
    public static RealProxy tinyproxy(Path folder) throws IOException {
        String program = Programs.require("tinyproxy").toString();
        int port = Programs.freePort();
        Path configuration = Files.writeString(
                folder.resolve("tinyproxy.conf"),
                "Port " + port + "\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\nBasicAuth " + USER + " " + PASSWORD
                        + "\nLogFile \"" + folder + "/tinyproxy.log\"\n");
        return new RealProxy(folder, "http", port, true, List.of(program, "-d", "-c", configuration.toString()));
    }

    /** HTTP CONNECT, for everyone or with user and password. */
    public static RealProxy squid(boolean credentials) throws IOException, InterruptedException {
        String program = Programs.require("squid").toString();
        int port = Programs.freePort();
        // When root starts it, Squid switches to another user, who must be able to read and write here.
        Path open = Files.createTempDirectory("godwit-squid");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> lines = new ArrayList<>(List.of(
                "http_port 127.0.0.1:" + port,
                "pid_filename " + open + "/squid.pid",
                "coredump_dir " + open,
                "cache_log " + open + "/squid.log",
                "access_log none",
                "cache deny all",
                "shutdown_lifetime 0 seconds",
                "visible_hostname squid.example"));
        if (credentials) {
            Path users = open.resolve("users");
            Files.writeString(users, USER + ":" + hash() + "\n");
            users.toFile().setReadable(true, false);
            lines.add("auth_param basic program /usr/lib/squid/basic_ncsa_auth " + users);
            lines.add("acl known proxy_auth REQUIRED");
            lines.add("http_access allow known");
        } else {
            lines.add("http_access allow localhost");
        }
        lines.add("http_access deny all");
        Path configuration = Files.write(open.resolve("squid.conf"), lines);
        configuration.toFile().setReadable(true, false);
        return new RealProxy(open, "http", port, credentials, List.of(program, "-N", "-f", configuration.toString()));
    }

    /** The password as Squid's helper reads it. */
    private static String hash() throws IOException, InterruptedException {
        Process openssl =
                new ProcessBuilder(Programs.require("openssl").toString(), "passwd", "-apr1", PASSWORD).start();
        String hash = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assumeTrue(openssl.waitFor() == 0, "openssl cannot hash passwords");
        return hash;
    }

    /** Its address, with user and password where it asks for them. */
    public String uri() {
        return scheme + "://" + (credentials ? USER + ":" + PASSWORD + "@" : "") + "127.0.0.1:" + port;
    }

    /** The same without user and password. */
    public String anonymousUri() {
        return scheme + "://127.0.0.1:" + port;
    }

    /** The same in SOCKS 4. */
    public String socks4Uri() {
        return "socks4://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            if (folder.getFileName().toString().startsWith("godwit-squid")) {
                try (Stream<Path> left = Files.walk(folder)) {
                    left.sorted(Comparator.reverseOrder())
                            .forEach(path -> path.toFile().delete());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
