package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Documents;
import io.godwit.cli.output.ExitCodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How commands end: in time, at once, and with an exit code that says why. */
class EndingTest {
    private static final byte[] CONNACK = {0x20, 2, 0, 0};

    private static final int SUBSCRIBE = 0x82;
    private static final int DISCONNECT = 0xe0;

    /** More than a start of Java takes on a busy machine, and less than any limit of the library. */
    private static final Duration START = Duration.ofSeconds(4);

    /** What a shell makes of SIGTERM. */
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path folder;

    /** A broker that accepts, and then answers nothing, or closes the connection at the next packet. */
    private static final class SilentBroker implements AutoCloseable {
        private final ServerSocket server;
        private final boolean closes;
        private final AtomicInteger connections = new AtomicInteger();

        /** The first byte of what was read last, behind a CONNECT. */
        private final AtomicInteger lastPacket = new AtomicInteger();

        /** When the last connection was closed by its client, of {@link System#nanoTime}. */
        private final AtomicLong ended = new AtomicLong();

        SilentBroker(boolean closes) throws IOException {
            this.closes = closes;
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread acceptor = new Thread(this::accept, "silent-broker");
            acceptor.setDaemon(true);
            acceptor.start();
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread thread = new Thread(() -> serve(socket), "silent-connection");
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void serve(Socket socket) {
            try (socket;
                    InputStream in = socket.getInputStream();
                    OutputStream out = socket.getOutputStream()) {
                byte[] packet = new byte[4096];
                in.read(packet);
                out.write(CONNACK);
                while (in.read(packet) >= 0) {
                    lastPacket.set(packet[0] & 0xff);
                    if (closes) {
                        return;
                    }
                }
                ended.set(System.nanoTime());
            } catch (IOException lost) {
                // the client has closed the connection
            }
        }

        String port() {
            return String.valueOf(server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sub -t t -W 1",
                "pub -t t -m x -q 1 --timeout 1",
                "pub -t t -m x -q 1 --repeat 9000 --timeout 1",
                "request -V 311 -t t -e r -n -W 1"
            })
    void a_time_limit_is_followed_by_no_further_waiting(String line) throws IOException {
        try (SilentBroker broker = new SilentBroker(false)) {
            long start = System.nanoTime();

            Command.run("godwit " + line + " -p " + broker.port()).ends(ExitCodes.TIMEOUT);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(START.plusSeconds(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pub -t forbidden -m x -q 1", "pub -t forbidden -m x -q 2 --repeat 5", "sub -t forbidden"})
    void a_broker_that_closes_each_connection_ends_the_command(String line) throws IOException {
        try (SilentBroker broker = new SilentBroker(true)) {
            Command command =
                    Command.run("godwit " + line + " -p " + broker.port()).ends(ExitCodes.CONNECTION_LOST);

            assertThat(broker.connections.get()).isLessThanOrEqualTo(2);
            assertThat(command.errors()).contains("connection lost: ").doesNotContain("\tat ");
        }
    }

    @Test
    void the_command_ends_though_no_further_line_comes() throws IOException {
        try (SilentBroker broker = new SilentBroker(true);
                Command command = Command.run("godwit pub -t forbidden -q 1 -l -p " + broker.port())) {
            command.type("one\n").ends(ExitCodes.CONNECTION_LOST);
        }
    }

    /** The JVM waits a third of a second for threads in native code, so they end before it does. */
    @Test
    void a_command_ends_at_once_after_its_DISCONNECT() throws IOException {
        List<Duration> delays = new ArrayList<>();
        try (SilentBroker broker = new SilentBroker(false)) {
            for (String line : List.of("pub -t t -m x", "pub -t t -n", "pub -V 31 -t t -m x", "pub -t t -m x -r")) {
                Command.run("godwit " + line + " -p " + broker.port()).ends(0);

                delays.add(Duration.ofNanos(System.nanoTime() - broker.ended.get()));
            }
        }
        assertThat(Collections.min(delays)).isLessThan(Duration.ofMillis(200));
    }

    private static Command shell(String line) {
        String godwit =
                Command.java(List.of()).stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        return Command.of("bash", "-c", "G() { " + godwit + " \"$@\"; }; " + line);
    }

    @Test
    void a_full_disk_and_a_closed_reader_have_different_exit_codes() {
        Command full = shell("G help pub > /dev/full");
        assertThat(full.ends(ExitCodes.OUTPUT_FAILED).errors()).contains("cannot write to standard output: ");

        Command closed = shell("(G help pub; echo \"code $?\" >&2) | true");
        assertThat(closed.ends(0).errors())
                .contains("standard output was closed by its reader", "code " + ExitCodes.OUTPUT_CLOSED);
    }

    @Test
    void a_signal_that_ends_it_has_its_own_exit_code_and_says_good_bye() throws IOException {
        try (SilentBroker broker = new SilentBroker(false)) {
            Command sub = Command.run("godwit sub -t t -p " + broker.port());
            await().atMost(START.multipliedBy(5)).until(() -> broker.lastPacket.get() == SUBSCRIBE);

            sub.terminate().ends(TERMINATED);

            await().atMost(START).until(() -> broker.ended.get() > 0);
            assertThat(broker.lastPacket).hasValue(DISCONNECT);
            assertThat(sub.output()).isEmpty();
        }
    }

    /** SIGQUIT makes Java list its threads; whoever reads the messages must not get that. */
    @Test
    void a_request_for_the_threads_is_answered_on_standard_error() throws IOException {
        List<String> line = new ArrayList<>(Command.java(List.of("sub", "-t", "t", "-p", "PORT")));
        line.add(line.indexOf("-cp"), "-XX:+DisplayVMOutputToStderr"); // as the launchers do
        try (SilentBroker broker = new SilentBroker(false)) {
            line.set(line.size() - 1, broker.port());
            Command sub = Command.of(line.toArray(String[]::new));
            await().atMost(START.multipliedBy(5)).until(() -> broker.connections.get() == 1);

            sub.signal("QUIT").awaitError("Full thread dump");

            sub.terminate().ends(TERMINATED);
            assertThat(sub.output()).isEmpty();
        }
    }

    @Test
    void each_launcher_sends_what_Java_itself_says_to_standard_error() throws IOException {
        for (String launcher : List.of("godwit", "dist/src/package/bin/godwit", "dist/src/package/bin/godwit.cmd")) {
            assertThat(Files.readString(Documents.root().resolve(launcher)))
                    .as(launcher)
                    .contains("-XX:+DisplayVMOutputToStderr");
        }
    }

    @Test
    void memory_that_runs_out_is_a_sentence() throws IOException {
        Path large = folder.resolve("large");
        try (var channel = Files.newByteChannel(
                large, java.nio.file.StandardOpenOption.CREATE_NEW, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(60_000_000).write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        List<String> line = new java.util.ArrayList<>(Command.java(List.of("pub", "-t", "t", "-f", large.toString())));
        line.add(line.indexOf("-cp"), "-Xmx32m");

        Command pub = Command.of(line.toArray(String[]::new)).ends(ExitCodes.OUT_OF_MEMORY);

        assertThat(pub.errors()).contains("out of memory", "GODWIT_OPTS=-Xmx").doesNotContain("\tat ");
    }
}
