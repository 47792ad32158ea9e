package io.godwit.simulation.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** What one hostile connection sends, chunk by chunk. Not thread-safe. */
final class HostileBytes {
    private static final List<String> CONNECTS = List.of(
            "101100064d514973647003020000000361747430", // 3.1, identifier cut off
            "100f00044d51545404020000" + "0003617474",
            "101000044d51545405020000" + "000003617474",
            "101b00044d515454" + "05c20005" + "05110000ffff" + "0003617474" + "0001750001" + "70");
    private static final List<String> PACKETS = List.of(
            "820c000100076174742f232f6101", // SUBSCRIBE, '#' in the middle
            "82080002000323232300",
            "820600030001" + "2302", // SUBSCRIBE "#"
            "82070003000001" + "2302",
            "a205000400012b",
            "300400016178",
            "310400016178", // retained
            "32060001610005" + "78",
            "34060001610006" + "78",
            "62020006",
            "40020001",
            "50020001",
            "70020001",
            "c000",
            "e000",
            "f000",
            "f01c1815000a534352414d2d5348412d31160007" + "636c69656e74" + "2d",
            "30ffffff7f000161", // claims 268 MB
            "10ffffff7f",
            "3000",
            "0000");
    private static final String HANDSHAKE =
            "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Protocol: mqtt\r\n\r\n";

    private final SplittableRandom random;
    private final boolean webSocket;
    private final int kind;
    private boolean started;

    HostileBytes(SplittableRandom random, boolean webSocket) {
        this.random = random;
        this.webSocket = webSocket;
        this.kind = random.nextInt(4);
    }

    byte[] next() {
        boolean first = !started;
        started = true;
        if (first && webSocket && random.nextInt(8) != 0) {
            return maybeMutated(HANDSHAKE.getBytes(StandardCharsets.US_ASCII), 16);
        }
        byte[] bytes = switch (kind) {
            case 0 -> noise(1 + random.nextInt(4_096));
            case 1 -> first ? pick(CONNECTS) : noise(1 + random.nextInt(512));
            case 2 -> first ? pick(CONNECTS) : maybeMutated(packets(), 2);
            default -> maybeMutated(first ? pick(CONNECTS) : packets(), 4);
        };
        return webSocket ? frame(bytes) : bytes;
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] pick(List<String> hex) {
        return HexFormat.of().parseHex(hex.get(random.nextInt(hex.size())));
    }

    private byte[] packets() {
        ByteBuffer all = ByteBuffer.allocate(16 * 64);
        int count = 1 + random.nextInt(16);
        for (int i = 0; i < count; i++) {
            all.put(pick(PACKETS));
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);
        return bytes;
    }

    private byte[] maybeMutated(byte[] bytes, int oneIn) {
        if (random.nextInt(oneIn) == 0) {
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    /** A masked frame, mostly binary; the mask is zero, so the payload stays as it is. */
    private byte[] frame(byte[] payload) {
        int opcode = random.nextInt(16) == 0 ? random.nextInt(256) : 0x82;
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte) opcode);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.putInt(0).put(payload);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }
}
