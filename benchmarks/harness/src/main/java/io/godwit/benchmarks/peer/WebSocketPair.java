package io.godwit.benchmarks.peer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's side of a WebSocket that carries MQTT, RFC 6455. What comes is unmasked eight bytes at a time; each packet that goes is
 * a message of its own, as brokers do it.
 */
final class WebSocketPair implements ByteChannelPair {

    private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: *(\\S+)");
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String END_OF_REQUEST = "\r\n\r\n";
    private static final int LONGEST_REQUEST = 8192;
    private static final int BUFFER = 1 << 18;

    private static final int FINAL_BINARY = 0x82;
    private static final int OPCODE = 15;
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int MASKED = 128;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int LONGEST_HEADER = 14;

    // Set once.
    private final ByteChannelPair raw;

    // Connection thread only.
    private final ByteBuffer in;
    private final ByteBuffer out;
    /** Bytes that are to come of the frame that has begun. */
    private long left;
    /** The mask, turned so that its first byte is for the next byte of the payload. */
    private int mask;

    /** @param raw of a connection whose handshake is done */
    WebSocketPair(ByteChannelPair raw) {
        this.raw = raw;
        this.in = raw.allocate(BUFFER).flip();
        this.out = raw.allocate(BUFFER);
    }

    /** Answers the request for an upgrade. */
    static ByteChannelPair accept(SocketChannel channel) throws IOException {
        ByteChannelPair raw = ByteChannelPair.over(channel);
        raw.write(ByteBuffer.wrap(answer(request(raw)).getBytes(StandardCharsets.US_ASCII)));
        return new WebSocketPair(raw);
    }

    private static String request(ByteChannelPair raw) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_REQUEST);
        String request;
        do {
            if (raw.read(bytes) <= 0) {
                throw new EOFException("a WebSocket was closed before its request had ended");
            }
            request = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        } while (!request.endsWith(END_OF_REQUEST));
        return request;
    }

    static String answer(String request) throws ProtocolViolation {
        Matcher key = KEY.matcher(request);
        if (!key.find()) {
            throw new ProtocolViolation("a request without Sec-WebSocket-Key came: " + request);
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key.group(1) + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
            return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash)
                    + "\r\nSec-WebSocket-Protocol: mqtt" + END_OF_REQUEST;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    @Override
    public ByteBuffer allocate(int capacity) {
        return raw.allocate(capacity);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        while (into.position() == before) {
            if (!moveFrames(into)) {
                return -1;
            }
            if (into.position() == before) {
                in.compact();
                int count = raw.read(in);
                in.flip();
                if (count < 0) {
                    return -1;
                }
            }
        }
        return into.position() - before;
    }

    /** Moves what is there of the payloads, as far as there is room. Returns false at a close frame. */
    private boolean moveFrames(ByteBuffer into) throws ProtocolViolation {
        while (into.hasRemaining()) {
            if (left == 0 && !beginFrame()) {
                return true;
            }
            if (left < 0) {
                return false;
            }
            int count = (int) Math.min(left, Math.min(in.remaining(), into.remaining()));
            unmask(into, count);
            left -= count;
            if (left > 0) {
                return true;
            }
        }
        return true;
    }

    /** Reads the header of a frame if all of it is there. */
    private boolean beginFrame() throws ProtocolViolation {
        int at = in.position();
        if (in.remaining() < 2) {
            return false;
        }
        int opcode = in.get(at) & OPCODE;
        int second = in.get(at + 1) & 0xff;
        int length = second & ~MASKED;
        int more = length == LONG_LENGTH ? 8 : length == SHORT_LENGTH ? 2 : 0;
        if (in.remaining() < 2 + more + 4) {
            return false;
        }
        if (opcode == CLOSE) {
            left = -1;
            return true;
        }
        if (opcode != CONTINUATION && opcode != BINARY || second < MASKED) {
            throw new ProtocolViolation("a frame came that is not binary or not masked: opcode " + opcode);
        }
        left = more == 8 ? in.getLong(at + 2) : more == 2 ? in.getShort(at + 2) & 0xffff : length;
        mask = in.getInt(at + 2 + more);
        in.position(at + 2 + more + 4);
        return true;
    }

    private void unmask(ByteBuffer into, int count) {
        long wide = (mask & 0xffff_ffffL) << 32 | mask & 0xffff_ffffL;
        int rest = count;
        for (; rest >= 8; rest -= 8) {
            into.putLong(in.getLong() ^ wide);
        }
        for (; rest > 0; rest--) {
            into.put((byte) (in.get() ^ mask >>> 24));
            mask = Integer.rotateLeft(mask, 8);
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            int length = Wire.packetLength(from);
            if (out.remaining() < length + LONGEST_HEADER) {
                flush();
            }
            putHeader(out, length);
            int limit = from.limit();
            out.put(from.limit(from.position() + length));
            from.limit(limit);
        }
        flush();
    }

    private void flush() throws IOException {
        raw.write(out.flip());
        out.clear();
    }

    private static void putHeader(ByteBuffer to, int length) {
        to.put((byte) FINAL_BINARY);
        if (length < SHORT_LENGTH) {
            to.put((byte) length);
        } else if (length <= 0xffff) {
            to.put((byte) SHORT_LENGTH).putShort((short) length);
        } else {
            to.put((byte) LONG_LENGTH).putLong(length);
        }
    }

    @Override
    public byte[] ready(byte[] packet) {
        ByteBuffer framed = ByteBuffer.allocate(LONGEST_HEADER + packet.length);
        putHeader(framed, packet.length);
        framed.put(packet);
        byte[] bytes = new byte[framed.position()];
        framed.flip().get(bytes);
        return bytes;
    }

    @Override
    public void writeReady(ByteBuffer from) throws IOException {
        raw.write(from);
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
