package io.godwit.mqtt.client.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The server's side of one WebSocket, by hand, so that a test can send every frame there is. */
final class WebSocketServer {

    /** A frame as it came in, unmasked. */
    record Frame(int opcode, boolean masked, byte[] payload) {}

    final String requestLine;
    final Map<String, String> headers = new LinkedHashMap<>();
    private final DataInputStream in;
    private final OutputStream out;

    /** Reads the request. */
    WebSocketServer(Socket socket) throws IOException {
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        requestLine = line();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(US_ASCII);
    }

    /** The answer that grants the upgrade; bytes may follow it in the same write. */
    byte[] granted(String protocol) throws Exception {
        String key = headers.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        String accept = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(key.getBytes(US_ASCII)));
        return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Protocol: " + protocol + "\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n")
                .getBytes(US_ASCII);
    }

    WebSocketServer accept() throws Exception {
        send(granted(headers.get("sec-websocket-protocol")));
        return this;
    }

    void send(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        out.write(all.toByteArray());
        out.flush();
    }

    static byte[] frame(int firstByte, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(firstByte);
        if (payload.length < 126) {
            frame.write(payload.length);
        } else if (payload.length < 65536) {
            frame.write(126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(127);
            frame.writeBytes(new byte[4]);
            for (int shift = 24; shift >= 0; shift -= 8) {
                frame.write(payload.length >> shift);
            }
        }
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    Frame read() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        boolean masked = (second & 0x80) != 0;
        byte[] mask = masked ? in.readNBytes(4) : new byte[4];
        byte[] payload = in.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return new Frame(first & 0x0f, masked, payload);
    }

    /** Sends all binary frames back until the client says goodbye. */
    void echo() throws IOException {
        for (Frame frame = read(); ; frame = read()) {
            if (frame.opcode == 2) {
                send(frame(0x82, frame.payload));
            } else if (frame.opcode == 8) {
                send(frame(0x88, frame.payload));
                return;
            }
        }
    }
}
