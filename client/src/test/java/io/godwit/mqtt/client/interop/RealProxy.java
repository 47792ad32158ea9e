package io.godwit.mqtt.client.interop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.client.net.ProxyServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A proxy as others run it, on a free port of 127.0.0.1: Dante and microsocks for SOCKS, Tinyproxy and Squid for HTTP. A test
 * that wants one which is not installed is skipped, by its name; {@code interop/install proxies} brings them.
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
        await("the proxy answers").atMost(Duration.ofSeconds(20)).until(() -> answers(port));
    }

    /** SOCKS 4 and 5 for everybody. */
    public static RealProxy dante(Path folder) throws IOException {
        String program = program("danted");
        int port = freePort();
        Path configuration = Files.writeString(
                folder.resolve("danted.conf"),
                "logoutput: " + folder + "/danted.log\ninternal: 127.0.0.1 port = " + port
                        + "\nexternal: lo\nclientmethod: none\nsocksmethod: none\nuser.privileged: root\n"
                        + "user.unprivileged: root\n"
                        + "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n"
                        + "socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n");
        return new RealProxy(folder, "socks5", port, false, List.of(program, "-f", configuration.toString()));
    }

    /** SOCKS 5 for those who know the password. */
    public static RealProxy microsocks(Path folder) throws IOException {
        int port = freePort();
        List<String> command =
                List.of(program("microsocks"), "-i", "127.0.0.1", "-p", "" + port, "-u", USER, "-P", PASSWORD);
        return new RealProxy(folder, "socks5", port, true, command);
    }

    /** HTTP CONNECT for those who know the password. */
    public static RealProxy tinyproxy(Path folder) throws IOException {
        String program = program("tinyproxy");
        int port = freePort();
        Path configuration = Files.writeString(
                folder.resolve("tinyproxy.conf"),
                "Port " + port + "\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\nBasicAuth " + USER + " " + PASSWORD
                        + "\nLogFile \"" + folder + "/tinyproxy.log\"\n");
        return new RealProxy(folder, "http", port, true, List.of(program, "-d", "-c", configuration.toString()));
    }

    /** HTTP CONNECT, for everybody or for those who know the password. */
    public static RealProxy squid(boolean credentials) throws IOException, InterruptedException {
        String program = program("squid");
        int port = freePort();
        // When root starts it, Squid goes on as somebody else, who has to be able to read and write here.
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

    /** The password as Squid's helper wants it. */
    private static String hash() throws IOException, InterruptedException {
        Process openssl = new ProcessBuilder(program("openssl"), "passwd", "-apr1", PASSWORD).start();
        String hash = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assumeTrue(openssl.waitFor() == 0, "openssl makes no password");
        return hash;
    }

    /** As a client names it, with user and password where it wants them. */
    public ProxyServer server() {
        return ProxyServer.parse(
                scheme + "://" + (credentials ? USER + ":" + PASSWORD + "@" : "") + "127.0.0.1:" + port);
    }

    /** The same without user and password. */
    public ProxyServer anonymous() {
        return ProxyServer.parse(scheme + "://127.0.0.1:" + port);
    }

    /** The same in SOCKS 4. */
    public ProxyServer socks4() {
        return ProxyServer.parse("socks4://127.0.0.1:" + port);
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

    /** The program, or the test is skipped with its name. */
    public static String program(String name) {
        Optional<Path> found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), name + " is not installed");
        return found.get().toString();
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
