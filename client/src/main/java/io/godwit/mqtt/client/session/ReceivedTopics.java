package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.codec.TopicSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The topic names that come in, decoded and matched once: a small table by their bytes, each with its {@code String} and
 * the handlers that want it. Also the topic aliases that the broker has set on this connection.
 */
final class ReceivedTopics implements TopicSource {
    private static final int SMALLEST = 8;
    private static final int LARGEST = 2048;

    /** One topic name with its handlers. */
    static final class Entry {
        final String name;
        private final ByteBuf bytes;
        private final int hash;
        private Object[] route;
        private int routeVersion;

        Entry(String name, ByteBuf bytes, int hash, Object[] route, int routeVersion) {
            this.name = name;
            this.bytes = bytes;
            this.hash = hash;
            this.route = route;
            this.routeVersion = routeVersion;
        }
    }

    private final Subscriptions<?> subscriptions;
    private final int aliasMaximum;
    private @Nullable Entry[] table = new Entry[SMALLEST];
    private int misses;
    /** Of the topic that was asked for last. */
    private @Nullable Entry current;

    // Per connection.
    private @Nullable Entry[] aliases = new Entry[0];

    ReceivedTopics(Subscriptions<?> subscriptions, int aliasMaximum) {
        this.subscriptions = subscriptions;
        this.aliasMaximum = aliasMaximum;
    }

    void connected() {
        aliases = new Entry[0];
    }

    @Override
    public String topic(ByteBuf in, int index, int length) {
        int hash = hash(in, index, length);
        int slot = hash & table.length - 1;
        Entry entry = table[slot];
        if (entry == null || entry.hash != hash || !same(entry.bytes, in, index, length)) {
            entry = add(TopicSource.VALIDATING.topic(in, index, length), in, index, length, hash);
        }
        current = entry;
        return entry.name;
    }

    /** The handlers for the topic that was read last. */
    Object[] route() {
        Entry entry = current;
        if (entry == null) {
            throw new IllegalStateException("no topic was read");
        }
        if (entry.routeVersion != subscriptions.version()) {
            entry.route = subscriptions.match(entry.name);
            entry.routeVersion = subscriptions.version();
        }
        return entry.route;
    }

    /** Notes that from now on {@code alias} stands for the topic that was read last; false when it is out of range. */
    boolean setAlias(int alias) {
        if (alias < 1 || alias > aliasMaximum) {
            return false;
        }
        if (alias >= aliases.length) {
            aliases = Arrays.copyOf(aliases, Math.min(aliasMaximum + 1, Math.max(alias + 1, 2 * aliases.length)));
        }
        aliases[alias] = current;
        return true;
    }

    /** The topic that {@code alias} stands for, which becomes the one read last; null when it was never set. */
    @Nullable
    String resolve(int alias) {
        Entry entry = alias > 0 && alias < aliases.length ? aliases[alias] : null;
        if (entry == null) {
            return null;
        }
        current = entry;
        return entry.name;
    }

    private Entry add(String name, ByteBuf in, int index, int length, int hash) {
        if (++misses > 4 * table.length && table.length < LARGEST) {
            table = new Entry[4 * table.length];
            misses = 0;
        }
        byte[] copy = new byte[length];
        in.getBytes(index, copy);
        Entry entry =
                new Entry(name, Unpooled.wrappedBuffer(copy), hash, subscriptions.match(name), subscriptions.version());
        table[hash & table.length - 1] = entry;
        return entry;
    }

    private static boolean same(ByteBuf known, ByteBuf in, int index, int length) {
        return known.writerIndex() == length && ByteBufUtil.equals(known, 0, in, index, length);
    }

    private static int hash(ByteBuf in, int index, int length) {
        long hash = length;
        int i = index;
        int end = index + length;
        for (; i + 8 <= end; i += 8) {
            hash = (hash ^ in.getLong(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        for (; i < end; i++) {
            hash = (hash ^ in.getByte(i)) * 0x9E3779B97F4A7C15L;
        }
        return (int) (hash ^ hash >>> 32);
    }
}
