package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.testkit.TestBroker;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that puts escape sequences, line ends and marks that turn text around into everything that it may say, and every
 * command that shows it, on a terminal.
 */
@Timeout(180)
class HostileTextTest {
    private static final String TITLE = "\u001b]0;TITLE\u0007";
    private static final String RED = "\u001b[31mRED";
    private static final String C1 = "\u009b31m";
    private static final String FORGED = "\ngodwit: all is well";
    private static final String TURNED = "\u202e";
    private static final String EVIL = TITLE + RED + C1 + FORGED + TURNED;

    /** How the first of it looks when it is escaped. */
    private static final String ESCAPED = "\\u001b]0;TITLE\\u0007\\u001b[31mRED\\u009b31m";

    private static final Pattern EACH = Pattern.compile("");
    private static final Pattern NONE = Pattern.compile("^$");

    @TempDir
    Path folder;

    private final HostileBroker broker = new HostileBroker();

    @BeforeEach
    void start() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed: there is no terminal");
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    /**
     * Runs the commands at once, since each waits for a while, and looks at all that their terminals got.
     *
     * @param shownAsText the command lines that show what the broker says, escaped; the others show it in hexadecimal or not
     */
    private void show(Pattern shownAsText, String... lines) {
        List<Command> commands = new ArrayList<>();
        for (String line : lines) {
            commands.add(Command.onTerminal("godwit " + line.replace("PORT", broker.port())));
        }
        for (int i = 0; i < lines.length; i++) {
            commands.get(i).exitCode();
            String screen = commands.get(i).output();
            if (shownAsText.matcher(lines[i]).find()) {
                escaped(lines[i], screen);
            } else {
                harmless(lines[i], screen);
            }
        }
    }

    private static void harmless(String line, String screen) {
        assertThat(screen)
                .as(line)
                .isNotEmpty()
                .doesNotContain("\u001b]0", RED, C1, FORGED, "\r\ngodwit: all is well", TURNED);
    }

    private static void escaped(String line, String screen) {
        harmless(line, screen);
        assertThat(screen.toLowerCase(java.util.Locale.ROOT))
                .as(line)
                .contains(ESCAPED.toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void topics_and_payloads_of_messages() {
        show(
                Pattern.compile("-v|--payload|-F"),
                "sub -p PORT -t # -v -C 2",
                "sub -p PORT -t # -C 2",
                "sub -p PORT -t # -C 2 --payload text",
                "sub -p PORT -t # -C 2 -F '%t %p'",
                "sub -p PORT -t # -C 2 -F %j",
                "sub -p PORT -t # -C 2 -d");
        show(
                Pattern.compile("retained|trace|record"),
                "retained # -p PORT",
                "retained # -p PORT --json",
                "trace -p PORT -t # -W 2",
                "trace -p PORT -t # -W 2 --json",
                "record - -p PORT -t # -C 2",
                "request -V 5 -p PORT -t ask -m x -e answers -v");
    }

    @Test
    void reason_strings_and_what_the_broker_tells_of_itself() {
        broker.refuses = true;
        show(
                EACH,
                "sub -V 5 -p PORT -t #",
                "pub -V 5 -p PORT -t t -m x",
                "doctor -V 5 -p PORT",
                "retained -V 5 -p PORT");
        broker.refuses = false;
        broker.disconnects = true;
        show(
                NONE,
                "sub -V 5 -p PORT -t #",
                "pub -V 5 -p PORT -t t -m x -q 1",
                "bench -V 5 -p PORT --rate 10 --duration 1");
    }

    @Test
    void status_lines_of_a_web_server() {
        broker.speaksHttp = true;

        show(
                NONE,
                "sub -h ws://127.0.0.1:PORT -t #",
                "doctor ws://127.0.0.1:PORT",
                "pub -h ws://127.0.0.1:PORT -t t -m x");
    }

    @Test
    void subjects_of_certificates() throws Exception {
        byte[] name = (TITLE + RED + C1).getBytes(StandardCharsets.UTF_8);
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=#0c" + HexFormat.of().toHexDigits((byte) name.length)
                        + HexFormat.of().formatHex(name))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        try (TestBroker tls = TestBroker.builder().tls(chain, key).start()) {
            for (String line : List.of("doctor", "sub -t #")) {
                Command command = Command.onTerminal(
                        "godwit " + line + (line.equals("doctor") ? " " : " -h ") + "mqtts://127.0.0.1:" + tls.port());
                command.exitCode();

                assertThat(command.output()).as(line).doesNotContain("\u001b]0", RED, C1);
            }
        }
    }

    @Test
    void messages_in_the_shell() throws IOException {
        Path lines = Files.writeString(
                folder.resolve("lines"),
                "connect a -h 127.0.0.1 -p " + broker.port() + "\nsub #\nwait -C 2 -W 10\nexit\n");
        String godwit = String.join(" ", quoted(Command.java(List.of("shell"))));

        Command shell = Command.of("script", "-qec", godwit + " < '" + lines + "'", "/dev/null");

        shell.exitCode();
        escaped("shell", shell.output());
    }

    @Test
    void what_a_script_prints_and_names_of_connections() throws IOException {
        Path script = Files.writeString(
                folder.resolve("init.lua"),
                "print('\\27]0;TITLE\\7\\27[31mRED\\194\\155' .. '31m', 'a tab')\n"
                        + "uart.write(0, '\\27]0;TITLE\\7\\27[31mRED\\194\\155' .. '31m')\n");
        Command run = Command.onTerminal("godwit run " + script + " --virtual --for 1s");
        run.exitCode();

        escaped("run", run.output());
        assertThat(run.output()).contains("\ta tab").containsSubsequence(ESCAPED, ESCAPED);

        Path config = Files.createDirectories(folder.resolve("godwit"));
        Files.writeString(
                config.resolve("connections.toml"),
                "[\"\\u001b]0;TITLE\\u0007\\u001b[31mRED\\u009b31m\"]\naddress = \"localhost\"\n");
        Command connections = Command.of(
                "script",
                "-qec",
                "XDG_CONFIG_HOME='" + folder + "' " + String.join(" ", quoted(Command.java(List.of("connections")))),
                "/dev/null");
        connections.exitCode();
        escaped("connections", connections.output());
    }

    private static List<String> quoted(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").toList();
    }

    /** Says evil things, in MQTT 3.1.1 and 5 and HTTP. */
    private static final class HostileBroker implements AutoCloseable {
        private final ServerSocket server;
        volatile boolean refuses;
        volatile boolean disconnects;
        volatile boolean speaksHttp;

        HostileBroker() {
            try {
                server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            Thread acceptor = new Thread(this::accept, "hostile-broker");
            acceptor.setDaemon(true);
            acceptor.start();
        }

        String port() {
            return String.valueOf(server.getLocalPort());
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = server.accept();
                    Thread thread = new Thread(() -> serve(socket), "hostile-connection");
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                if (speaksHttp) {
                    in.readFully(new byte[100]);
                    out.write(
                            ("HTTP/1.1 404 " + TITLE + RED + C1 + "\r\nServer: " + EVIL.replace('\n', ' ') + "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
                    return;
                }
                boolean isVersion5 = false;
                while (true) {
                    int first = in.readUnsignedByte();
                    byte[] body = new byte[length(in)];
                    in.readFully(body);
                    switch (first >> 4) {
                        case 1 -> {
                            isVersion5 = body[6] == 5;
                            connack(isVersion5, out);
                        }
                        case 3 -> published(first, body, isVersion5, out);
                        case 8 -> subscribed(body, isVersion5, out);
                        case 10 ->
                            packet(
                                    out,
                                    0xB0,
                                    new byte[] {body[0], body[1]},
                                    isVersion5 ? new byte[] {0, 0} : new byte[0]);
                        case 12 -> packet(out, 0xD0);
                        case 14 -> {
                            return;
                        }
                        default -> {
                            // nothing to say
                        }
                    }
                }
            } catch (IOException gone) {
                // the command has ended
            }
        }

        private static int length(DataInputStream in) throws IOException {
            int length = 0;
            for (int shift = 0; ; shift += 7) {
                int each = in.readUnsignedByte();
                length |= (each & 0x7F) << shift;
                if (each < 0x80) {
                    return length;
                }
            }
        }

        private void connack(boolean isVersion5, OutputStream out) throws IOException {
            if (!isVersion5) {
                packet(out, 0x20, new byte[] {0, (byte) (refuses ? 5 : 0)});
            } else if (refuses) {
                packet(out, 0x20, new byte[] {0, (byte) 0x87}, properties(property(0x1F, EVIL)));
            } else {
                packet(out, 0x20, new byte[] {0, 0}, properties(property(0x12, EVIL), property(0x1F, EVIL)));
            }
        }

        private void published(int first, byte[] body, boolean isVersion5, OutputStream out) throws IOException {
            if ((first & 6) == 0) {
                return;
            }
            int at = 2 + (body[0] << 8 | body[1] & 0xFF);
            byte[] identifier = {body[at], body[at + 1]};
            if (disconnects) {
                disconnect(out);
            } else if (isVersion5) {
                packet(out, 0x40, identifier, new byte[] {(byte) 0x87}, properties(property(0x1F, EVIL)));
            } else {
                packet(out, 0x40, identifier);
            }
        }

        private void subscribed(byte[] body, boolean isVersion5, OutputStream out) throws IOException {
            if (disconnects) {
                disconnect(out);
                return;
            }
            byte[] identifier = {body[0], body[1]};
            byte[] granted = new byte[filters(body, isVersion5 ? 3 + body[2] : 2)];
            if (isVersion5) {
                packet(out, 0x90, identifier, properties(property(0x1F, EVIL)), granted);
            } else {
                packet(out, 0x90, identifier, granted);
            }
            // Lines of a payload stay lines.
            byte[] payload = EVIL.replace(FORGED, "").getBytes(StandardCharsets.UTF_8);
            byte[] none = isVersion5 ? new byte[] {0} : new byte[0];
            packet(out, 0x31, text("evil/" + EVIL), none, payload);
            packet(out, 0x31, text("answers"), none, payload);
        }

        /** How many filters a SUBSCRIBE has from here on. */
        private static int filters(byte[] body, int from) {
            int count = 0;
            for (int at = from; at < body.length; count++) {
                at += 2 + ((body[at] & 0xFF) << 8 | body[at + 1] & 0xFF) + 1;
            }
            return count;
        }

        private static void disconnect(OutputStream out) throws IOException {
            packet(out, 0xE0, new byte[] {(byte) 0x87}, properties(property(0x1F, EVIL)));
        }

        private static byte[] text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes.length >> 8);
            out.write(bytes.length);
            out.writeBytes(bytes);
            return out.toByteArray();
        }

        private static byte[] property(int identifier, String text) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(identifier);
            out.writeBytes(text(text));
            return out.toByteArray();
        }

        /** With their length, which fits into one byte or two. */
        private static byte[] properties(byte[]... all) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (byte[] each : all) {
                out.writeBytes(each);
            }
            return withLength(out.toByteArray());
        }

        private static byte[] withLength(byte[] bytes) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int left = bytes.length;
            while (left >= 0x80) {
                out.write(left & 0x7F | 0x80);
                left >>= 7;
            }
            out.write(left);
            out.writeBytes(bytes);
            return out.toByteArray();
        }

        private static void packet(OutputStream out, int first, byte[]... parts) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] part : parts) {
                body.writeBytes(part);
            }
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            packet.write(first);
            packet.writeBytes(withLength(body.toByteArray()));
            out.write(packet.toByteArray());
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
