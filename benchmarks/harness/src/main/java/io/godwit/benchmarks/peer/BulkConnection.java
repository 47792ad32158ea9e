package io.godwit.benchmarks.peer;

import io.godwit.benchmarks.peer.Counters.Counter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection with a thread of its own: reads a large block, walks over the packet headers in it, and writes all
 * the answers at once. A subscription to {@code flood/SIZE/WINDOW} starts a {@link Flood} with the QoS asked for.
 */
final class BulkConnection {

    /** Room for the longest answer, a SUBACK or CONNACK. */
    private static final int LONGEST_ANSWER = 16;

    // Connection thread only.
    private final ByteChannelPair channels;
    private final Counters counters;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private boolean mqtt5;
    private boolean open = true;
    private @Nullable Flood flood;
    /** Bytes that are to come of a PUBLISH larger than what was read; it is answered when they have. */
    private long missing;

    private int unfinishedQos;
    private int unfinishedIdentifier;
    private int publishes;
    private int completed;
    private int delivered;

    /** @param buffer bytes to read at once, four times those to write */
    BulkConnection(ByteChannelPair channels, Counters counters, int buffer) {
        this.channels = channels;
        this.counters = counters;
        this.in = channels.allocate(buffer);
        this.out = channels.allocate(buffer / 4);
    }

    void run() throws IOException {
        while (open && channels.read(in) >= 0) {
            in.flip();
            walk();
            in.compact();
            flush();
            counters.add(Counter.PUBLISHES, publishes);
            counters.add(Counter.COMPLETED, completed);
            counters.add(Counter.DELIVERED, delivered);
            if (flood != null && delivered > 0) {
                flood.send(delivered);
            }
            publishes = 0;
            completed = 0;
            delivered = 0;
        }
    }

    /** Handles all packets of which the part that matters is there, and leaves the rest in the buffer. */
    private void walk() throws IOException {
        ByteBuffer in = this.in;
        while (true) {
            if (missing > 0) {
                int now = (int) Math.min(missing, in.remaining());
                in.position(in.position() + now);
                missing -= now;
                if (missing > 0) {
                    return;
                }
                published(unfinishedQos, unfinishedIdentifier);
            }
            int start = in.position();
            int available = in.remaining();
            if (available < 2) {
                return;
            }
            int header = in.get(start) & 0xff;
            int length = 0;
            int shift = 0;
            int at = start + 1;
            byte digit;
            do {
                if (at == start + available) {
                    return;
                }
                digit = in.get(at++);
                length |= (digit & 127) << shift;
                shift += 7;
            } while (digit < 0);
            int type = header >>> 4;
            // A PUBLISH may be larger than the buffer, and only its identifier is kept; any other packet is read whole.
            int needed = type == Wire.PUBLISH ? 0 : length;
            int identifierAt = at;
            int qos = header >>> 1 & 3;
            if (type == Wire.PUBLISH && qos > 0) {
                if (start + available < at + 2) {
                    return;
                }
                int topicLength = in.getShort(at) & 0xffff;
                identifierAt = at + 2 + topicLength;
                needed = 4 + topicLength;
            }
            if (start + available < at + needed) {
                return;
            }
            if (type == Wire.PUBLISH) {
                int identifier = qos > 0 ? in.getShort(identifierAt) & 0xffff : 0;
                missing = Math.max(0, at + length - (start + available));
                in.position(Math.min(at + length, start + available));
                if (missing > 0) {
                    unfinishedQos = qos;
                    unfinishedIdentifier = identifier;
                } else {
                    published(qos, identifier);
                }
            } else {
                makeRoom();
                answer(type, at, length);
                in.position(at + length);
            }
        }
    }

    /** A PUBLISH is there to its last byte. */
    private void published(int qos, int identifier) throws IOException {
        publishes++;
        if (qos < 2) {
            completed++;
        }
        if (qos > 0) {
            makeRoom();
            Wire.putAcknowledgement(out, qos == 1 ? Wire.PUBACK : Wire.PUBREC, identifier);
        }
    }

    private void makeRoom() throws IOException {
        if (out.remaining() < LONGEST_ANSWER) {
            flush();
        }
    }

    private void answer(int type, int at, int length) throws IOException {
        switch (type) {
            case Wire.PUBREL -> {
                completed++;
                Wire.putAcknowledgement(out, Wire.PUBCOMP, in.getShort(at) & 0xffff);
            }
            case Wire.PUBACK, Wire.PUBCOMP -> delivered++;
            case Wire.PUBREC -> Wire.putAcknowledgement(out, Wire.PUBREL, in.getShort(at) & 0xffff);
            case Wire.CONNECT -> {
                mqtt5 = Answers.isMqtt5(in, at);
                Answers.putConnack(out, mqtt5);
                counters.add(Counter.CONNECTIONS, 1);
            }
            case Wire.SUBSCRIBE -> subscribe(at, length);
            case Wire.UNSUBSCRIBE -> Answers.putUnsuback(out, in.getShort(at) & 0xffff, mqtt5);
            case Wire.PINGREQ -> out.putShort((short) (Wire.PINGRESP << 12));
            case Wire.DISCONNECT -> open = false;
            default -> throw new ProtocolViolation("a packet of type " + type + " and " + length + " bytes came");
        }
    }

    private void subscribe(int at, int length) throws IOException {
        int filterAt = at + 2 + (mqtt5 ? 1 + (in.get(at + 2) & 127) : 0);
        byte[] filter = new byte[in.getShort(filterAt) & 0xffff];
        in.get(filterAt + 2, filter);
        int qos = in.get(at + length - 1) & 3;
        Answers.putSuback(out, in.getShort(at) & 0xffff, qos, mqtt5);
        String[] words = new String(filter, StandardCharsets.UTF_8).split("/");
        if (words[0].equals("flood")) {
            flush();
            int size = Integer.parseInt(words[1]);
            int window = Integer.parseInt(words[2]);
            flood = new Flood(channels, String.join("/", words), qos, size, window, mqtt5);
            if (qos == 0) {
                flood.sendForever(counters);
            } else {
                flood.sendAll();
            }
        }
    }

    private void flush() throws IOException {
        out.flip();
        if (out.hasRemaining()) {
            channels.write(out);
        }
        out.clear();
    }
}
