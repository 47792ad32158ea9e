package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns the live records of a log that was just read into the session that they describe. */
final class SessionReader {
    private final List<LogFile> parts;
    private final int header;

    SessionReader(List<LogFile> parts, @Nullable SegmentHeader header) {
        this.parts = parts;
        this.header = header == null ? 0 : header.length();
    }

    StoredSession read(LiveState live) throws IOException {
        Map<Long, StoredPublish> publishes = new TreeMap<>();
        List<Integer> received = new ArrayList<>();
        Map<Long, StoredSubscription> subscriptions = new TreeMap<>();
        LiveTable table = live.table;
        for (int slot = table.first(); slot >= 0; slot = table.after(slot)) {
            long key = table.key(slot);
            if (LiveState.isReceived(key)) {
                received.add(LiveState.packetId(key));
                continue;
            }
            ByteBuf body = body(table.address(slot), table.length(slot));
            if (LiveState.isPublish(key)) {
                publishes.put(key, publish(key, body, table.state(slot)));
            } else {
                subscriptions.put(body.readLong(), SubscriptionBytes.read(body));
            }
        }
        return new StoredSession(List.copyOf(publishes.values()), received, List.copyOf(subscriptions.values()));
    }

    private static StoredPublish publish(long sequence, ByteBuf body, int state) {
        long expiresAt = body.getLong(8);
        body.skipBytes(RecordFormat.STATE_AT - RecordFormat.HEADER + 4);
        boolean released = (state & RecordFormat.RELEASED_BIT) != 0;
        boolean abandoned = (state & RecordFormat.ABANDONED_BIT) != 0;
        return new StoredPublish(sequence, MessageBytes.read(body), expiresAt, state & 0xFFFF, released, abandoned);
    }

    private ByteBuf body(long address, int length) throws IOException {
        for (int i = parts.size() - 1; i >= 0; i--) {
            LogFile part = parts.get(i);
            if (part.start <= address) {
                byte[] body = new byte[length - RecordFormat.HEADER];
                part.file.read(ByteBuffer.wrap(body), header + address - part.start + RecordFormat.HEADER);
                return Unpooled.wrappedBuffer(body);
            }
        }
        throw new IOException("no file has address " + address);
    }
}
