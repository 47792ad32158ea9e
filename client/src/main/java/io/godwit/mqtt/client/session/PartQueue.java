package io.godwit.mqtt.client.session;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Parts of the outbox, first in, first out. Without memory it refuses to grow, and loses none. */
final class PartQueue {
    private @Nullable ByteBuf[] parts = new ByteBuf[2];
    private int first;
    private int end;
    private int bytes;

    /** A queue in which so many more have room: this one, or a new one if there is none. */
    static PartQueue withRoom(@Nullable PartQueue queue, int more) {
        PartQueue with = queue == null ? new PartQueue() : queue;
        with.reserve(more);
        return with;
    }

    private void reserve(int more) {
        if (end + more <= parts.length) {
            return;
        }
        int count = end - first;
        int length = count + more <= parts.length / 2 ? parts.length : Math.max(2 * parts.length, count + more);
        @Nullable ByteBuf[] to = Arrays.copyOfRange(parts, first, first + length);
        parts = to;
        first = 0;
        end = count;
    }

    /** Adds one for which {@link #withRoom} has found room. */
    void add(ByteBuf part) {
        parts[end++] = part;
        bytes += part.readableBytes();
    }

    @Nullable
    ByteBuf poll() {
        if (first == end) {
            return null;
        }
        ByteBuf part = parts[first];
        parts[first++] = null;
        if (first == end) {
            first = 0;
            end = 0;
            bytes = 0;
        } else if (part != null) {
            bytes -= part.readableBytes();
        }
        return part;
    }

    boolean isEmpty() {
        return first == end;
    }

    /** How many bytes wait in it. */
    int bytes() {
        return bytes;
    }
}
