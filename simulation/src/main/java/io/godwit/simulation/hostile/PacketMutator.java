package io.godwit.simulation.hostile;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What one hostile connection does to the packets from the broker. One thread only. */
final class PacketMutator {
    private static final List<String> PACKETS = List.of(
            "20020000",
            "20020100",
            "20020005",
            "2003000000",
            "200600000321000a", // RECEIVE MAXIMUM 10
            "200800000527000000" + "05", // MAXIMUM PACKET SIZE 5
            "300400016178",
            "320600016100" + "0178",
            "340600016100" + "0178",
            "32070001610001" + "0078",
            "30ffffff7f000161", // claims 268 MB
            "40020001",
            "40030001" + "87",
            "4002ffff",
            "50020001",
            "50030001" + "91",
            "62020001",
            "62030001" + "92",
            "70020001",
            "9003000101",
            "900400010001",
            "9003000180",
            "b0020001",
            "b00400010011",
            "d000",
            "e000",
            "e0028100",
            "e0029d00", // use another server
            "f0021800",
            "1000",
            "82080002000323232300",
            "0000");
    private static final int LONGEST_NOISE = 4_096;
    private static final long DRIP_MILLIS = 100;

    // Set once.
    private final SplittableRandom random;
    private final boolean webSocket;
    private final int oneIn;

    private byte @Nullable [] heldBack;

    PacketMutator(SplittableRandom random, boolean webSocket) {
        this.random = random;
        this.webSocket = webSocket;
        this.oneIn = 1 << (1 + random.nextInt(4)); // rare faults reach states that frequent ones never do
    }

    /**
     * Passes on what the broker sends until a side ends the connection.
     *
     * @param isOver stops what takes long
     * @return whether the connection is left open and silent
     */
    boolean pass(DataInputStream from, OutputStream to, BooleanSupplier isOver)
            throws IOException, InterruptedException {
        while (true) {
            byte[] packet = webSocket ? chunk(from) : packet(from);
            if (random.nextInt(oneIn) != 0) {
                send(to, packet);
                continue;
            }
            PacketFault fault = PacketFault.values()[random.nextInt(PacketFault.values().length)];
            switch (fault) {
                case BYTES_CHANGED -> send(to, changed(packet));
                case FIRST_BYTE_CHANGED -> {
                    packet[0] = (byte) random.nextInt(256);
                    send(to, packet);
                }
                case LENGTH_CHANGED -> send(to, otherLength(packet));
                case OMITTED -> {}
                case REPEATED -> {
                    for (int n = 2 + random.nextInt(3); n > 0; n--) {
                        send(to, packet);
                    }
                }
                case HELD_BACK -> heldBack = packet;
                case PRECEDED_BY_ANOTHER -> {
                    send(to, HexFormat.of().parseHex(PACKETS.get(random.nextInt(PACKETS.size()))));
                    send(to, packet);
                }
                case PRECEDED_BY_NOISE -> {
                    byte[] noise = new byte[1 + random.nextInt(LONGEST_NOISE)];
                    random.nextBytes(noise);
                    send(to, noise);
                    send(to, packet);
                }
                case DRIPPED -> drip(to, packet, isOver);
                case CUT_AND_SILENT -> {
                    send(to, Arrays.copyOf(packet, random.nextInt(packet.length)));
                    return true;
                }
                case CUT_AND_CLOSED -> {
                    send(to, Arrays.copyOf(packet, random.nextInt(packet.length)));
                    return false;
                }
            }
        }
    }

    private static byte[] packet(DataInputStream from) throws IOException {
        byte[] header = new byte[5];
        header[0] = from.readByte();
        int length = 0;
        int size = 1;
        for (int shift = 0; size < header.length; shift += 7) {
            int each = from.readUnsignedByte();
            header[size++] = (byte) each;
            length |= (each & 0x7F) << shift;
            if (each < 0x80) {
                break;
            }
        }
        byte[] packet = Arrays.copyOf(header, size + length);
        from.readFully(packet, size, length);
        return packet;
    }

    private static byte[] chunk(DataInputStream from) throws IOException {
        byte[] bytes = new byte[LONGEST_NOISE];
        int length = from.read(bytes);
        if (length < 0) {
            throw new EOFException();
        }
        return Arrays.copyOf(bytes, length);
    }

    private void send(OutputStream to, byte[] bytes) throws IOException {
        to.write(bytes);
        byte[] late = heldBack;
        if (late != null) {
            heldBack = null;
            to.write(late);
        }
        to.flush();
    }

    private byte[] changed(byte[] packet) {
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            packet[random.nextInt(packet.length)] = (byte) random.nextInt(256);
        }
        return packet;
    }

    private byte[] otherLength(byte[] packet) {
        int header = 1;
        while (header < packet.length && packet[header] < 0) {
            header++;
        }
        byte[] length = new byte[1 + random.nextInt(4)];
        random.nextBytes(length);
        int from = Math.min(packet.length, header + 1);
        byte[] other = new byte[1 + length.length + packet.length - from];
        other[0] = packet[0];
        System.arraycopy(length, 0, other, 1, length.length);
        System.arraycopy(packet, from, other, 1 + length.length, packet.length - from);
        return other;
    }

    private static void drip(OutputStream to, byte[] packet, BooleanSupplier isOver)
            throws IOException, InterruptedException {
        for (byte each : packet) {
            to.write(each);
            to.flush();
            if (!isOver.getAsBoolean()) {
                TimeUnit.MILLISECONDS.sleep(DRIP_MILLIS);
            }
        }
    }
}
