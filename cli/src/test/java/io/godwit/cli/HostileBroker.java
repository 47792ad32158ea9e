package io.godwit.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A broker that puts escape sequences, line ends and marks that turn text around into everything that it may say, in MQTT
 * 3.1.1 and 5 and HTTP.
 */
final class HostileBroker implements AutoCloseable {
    static final String TITLE = "\u001b]0;TITLE\u0007";
    static final String RED = "\u001b[31mRED";
    static final String C1 = "\u009b31m";
    static final String FORGED = "\ngodwit: all is well";
    static final String TURNED = "\u202e";
    static final String EVIL = TITLE + RED + C1 + FORGED + TURNED;

    private final ServerSocket server;
    volatile boolean refuses;
    volatile boolean disconnects;
    volatile boolean speaksHttp;

    /** Whether it takes messages with MQTT 5. */
    volatile boolean accepts;

    /** Whether its messages have QoS 1 and, with MQTT 5, a response topic. */
    volatile boolean asks;

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
                out.write(("HTTP/1.1 404 " + TITLE + RED + C1 + "\r\nServer: " + EVIL.replace('\n', ' ') + "\r\n\r\n")
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
                        connack(isVersion5, isVersion5 && !hasIdentifier(body), out);
                    }
                    case 3 -> published(first, body, isVersion5, out);
                    case 8 -> subscribed(body, isVersion5, out);
                    case 10 ->
                        packet(out, 0xB0, new byte[] {body[0], body[1]}, isVersion5 ? new byte[] {0, 0} : new byte[0]);
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

    /** Whether CONNECT of MQTT 5 has a client identifier: then none may be assigned, section 3.2.2.3.7. */
    private static boolean hasIdentifier(byte[] body) throws IOException {
        DataInputStream rest = new DataInputStream(new ByteArrayInputStream(body));
        rest.skipNBytes(10); // protocol name, version, flags and keep alive
        rest.skipNBytes(length(rest));
        return rest.readUnsignedShort() > 0;
    }

    private void connack(boolean isVersion5, boolean assigns, OutputStream out) throws IOException {
        if (!isVersion5) {
            packet(out, 0x20, new byte[] {0, (byte) (refuses ? 5 : 0)});
        } else if (refuses) {
            packet(out, 0x20, new byte[] {0, (byte) 0x87}, properties(property(0x1F, EVIL)));
        } else {
            byte[] assigned = assigns ? property(0x12, EVIL) : new byte[0];
            packet(out, 0x20, new byte[] {0, 0}, properties(assigned, property(0x1F, EVIL)));
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
        } else if (isVersion5 && !accepts) {
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
        if (asks) {
            byte[] answers = isVersion5 ? properties(property(0x08, "evil/" + EVIL)) : none;
            packet(out, 0x32, text("evil/" + EVIL), new byte[] {0, 1}, answers, payload);
            return;
        }
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
