package io.godwit.testkit;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection of a {@link ScriptedBroker}: does the steps of its script on a thread of its own, with plain sockets. */
final class ScriptedConnection {
    private final Socket socket;
    private final int timeoutMillis;
    private final Consumer<Packet> received;
    private final CountDownLatch closing;

    ScriptedConnection(Socket socket, Duration timeout, Consumer<Packet> received, CountDownLatch closing) {
        this.socket = socket;
        this.timeoutMillis = (int) Math.max(1, timeout.toMillis());
        this.received = received;
        this.closing = closing;
    }

    void expect(Hex.Pattern pattern) throws IOException {
        byte[] actual = new byte[pattern.bytes().length];
        int length = 0;
        long end = System.nanoTime() + timeoutMillis * 1_000_000L;
        String ended = "";
        while (length < actual.length && pattern.mismatch(actual, length) >= length) {
            int read = read(actual, length, end);
            if (read <= 0) {
                ended = read == 0 ? "; nothing more came for " + timeoutMillis + " ms" : "; the client ended it";
                break;
            }
            length += read;
        }
        int mismatch = pattern.mismatch(actual, length);
        if (mismatch >= 0) {
            throw new AssertionError("bytes differ at byte " + mismatch + ended
                    + "\n  expected: " + pattern.show()
                    + "\n  actual:   " + Hex.show(actual, length));
        }
    }

    /** Reads what is there; 0 when time is up, -1 at the end. */
    private int read(byte[] into, int from, long end) throws IOException {
        long left = (end - System.nanoTime()) / 1_000_000L;
        if (left <= 0) {
            return 0;
        }
        socket.setSoTimeout((int) left);
        try {
            return socket.getInputStream().read(into, from, into.length - from);
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    Packet readPacket(ProtocolVersion version) throws IOException {
        socket.setSoTimeout(timeoutMillis);
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        try {
            int firstByte = next(in, seen);
            int length = 0;
            int shift = 0;
            int digit;
            do {
                digit = next(in, seen);
                length |= (digit & 0x7F) << shift;
                shift += 7;
            } while (digit >= 0x80 && shift < 28);
            byte[] body = in.readNBytes(length);
            seen.writeBytes(body);
            if (body.length < length) {
                throw new AssertionError("the client ended the connection inside a packet: " + show(seen));
            }
            Packet packet = PacketCodec.read(firstByte, body, 0, length, version);
            received.accept(packet);
            return packet;
        } catch (ProtocolViolationException e) {
            throw new AssertionError("the client sent a malformed packet: " + e.getMessage() + ": " + show(seen), e);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no whole packet came within " + timeoutMillis + " ms: " + show(seen), e);
        }
    }

    private static int next(InputStream in, ByteArrayOutputStream seen) throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new AssertionError("the client ended the connection; before that came: " + show(seen));
        }
        seen.write(next);
        return next;
    }

    private static String show(ByteArrayOutputStream bytes) {
        return Hex.show(bytes.toByteArray(), bytes.size());
    }

    void expectPacket(PacketType type, ProtocolVersion version, Consumer<Packet> check) throws IOException {
        Packet packet = readPacket(version);
        if (packet.type() != type) {
            throw new AssertionError("expected " + type + ", got " + packet);
        }
        check.accept(packet);
    }

    void expectConnect(ProtocolVersion version) throws IOException {
        expectPacket(PacketType.CONNECT, version, packet -> {
            ProtocolVersion actual = ((Connect) packet).version();
            if (actual != version) {
                throw new AssertionError("expected a CONNECT of MQTT " + version + ", got " + packet);
            }
        });
    }

    void expectEnd() throws IOException {
        byte[] more = new byte[64];
        int length;
        try {
            length = read(more, 0, System.nanoTime() + timeoutMillis * 1_000_000L);
        } catch (IOException reset) {
            return; // a reset is an end too
        }
        if (length >= 0) {
            throw new AssertionError(
                    length == 0
                            ? "the client has not ended the connection within " + timeoutMillis + " ms"
                            : "instead of the end came " + Hex.show(more, length));
        }
    }

    void expectNothing(Duration time) throws IOException {
        byte[] more = new byte[64];
        int length = read(more, 0, System.nanoTime() + time.toNanos());
        if (length != 0) {
            throw new AssertionError(length < 0 ? "the client ended the connection" : "came " + Hex.show(more, length));
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void sendSlowly(byte[] bytes, Duration between) throws IOException, InterruptedException {
        for (byte one : bytes) {
            pause(between);
            socket.getOutputStream().write(one);
        }
    }

    void flood(byte[] bytes, int times) {
        byte[] many = new byte[bytes.length * Math.max(1, 4096 / Math.max(1, bytes.length))];
        for (int i = 0; i < many.length; i++) {
            many[i] = bytes[i % bytes.length];
        }
        long left = (long) times * bytes.length;
        try {
            while (left > 0 && closing.getCount() > 0) {
                int size = (int) Math.min(left, many.length);
                socket.getOutputStream().write(many, 0, size);
                left -= size;
            }
        } catch (IOException ended) {
            return; // the client had enough
        }
    }

    /** Waits so long, or until the broker is closed. */
    void pause(Duration time) throws InterruptedException {
        closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void stall() throws InterruptedException {
        closing.await();
    }

    void close() throws IOException {
        socket.close();
    }

    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** After the last step: reads until the client ends the connection, so that its writes do not fail. */
    void drain() {
        try (socket) {
            socket.setSoTimeout(0);
            byte[] rest = new byte[8192];
            int read;
            do {
                read = socket.getInputStream().read(rest);
            } while (read >= 0);
        } catch (IOException ended) {
            return; // however it ends
        }
    }
}
