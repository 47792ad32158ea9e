package io.godwit.mqtt.client.session;

import io.godwit.mqtt.codec.PublishFields;
import io.godwit.mqtt.codec.TopicSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The topic names that come in, decoded and matched once: a small table by their bytes, each with its {@code String} and
 * the handlers that want it. Also the topic aliases that the broker has set on this connection.
 */
final class ReceivedTopics implements TopicSource {
    private static final int SMALLEST = 8;
    private static final int LARGEST = 2048;
    /** A longer name is not kept, so that the table holds a few megabytes whatever the broker sends. */
    private static final int LONGEST = 1024;

    /** So many combinations of subscription identifiers are kept for a topic. */
    private static final int MOST_ROUTES = 8;

    private static final @Nullable Entry[] EMPTY = new Entry[0];

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** One topic name with its handlers. */
    static final class Entry {
        final String name;
        private final long[] words;
        private final int length;
        private final int hash;
        private @Nullable Route route;
        private int routeVersion;

        Entry(String name, long[] words, int length, int hash) {
            this.name = name;
            this.words = words;
            this.length = length;
            this.hash = hash;
        }

        boolean isAt(byte[] in, int index, int size) {
            if (size != length) {
                return false;
            }
            for (int i = 0; i < words.length; i++) {
                if (words[i] != word(in, index, size, i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The handlers of messages of one topic with the same subscription identifiers. */
    private static final class Route {
        final Handler[] handlers;
        final int[] identifiers;
        final @Nullable Route next;
        final int depth;

        Route(Handler[] handlers, PublishFields fields, @Nullable Route next) {
            this.handlers = handlers;
            this.next = next;
            this.depth = next == null ? 1 : next.depth + 1;
            identifiers = new int[fields.identifierCount()];
            for (int i = 0; i < identifiers.length; i++) {
                identifiers[i] = fields.identifier(i);
            }
        }

        boolean isFor(PublishFields fields) {
            if (identifiers.length != fields.identifierCount()) {
                return false;
            }
            for (int i = 0; i < identifiers.length; i++) {
                if (identifiers[i] != fields.identifier(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Subscriptions subscriptions;
    private final int aliasMaximum;
    private @Nullable Entry[] table = EMPTY;
    private int misses;
    /** Of the topic that was asked for last. */
    private @Nullable Entry current;

    // Per connection.
    private @Nullable Entry[] aliases = EMPTY;

    ReceivedTopics(Subscriptions subscriptions, int aliasMaximum) {
        this.subscriptions = subscriptions;
        this.aliasMaximum = aliasMaximum;
    }

    void connected() {
        aliases = EMPTY;
    }

    @Override
    public String topic(byte[] in, int index, int length) {
        Entry last = current;
        if (last != null && last.isAt(in, index, length)) {
            return last.name; // messages of one topic often come one after the other
        }
        if (table.length == 0) {
            table = new Entry[SMALLEST];
        }
        int hash = hash(in, index, length);
        Entry entry = table[hash & table.length - 1];
        if (entry == null || entry.hash != hash || !entry.isAt(in, index, length)) {
            entry = add(TopicSource.VALIDATING.topic(in, index, length), in, index, length, hash);
        }
        current = entry;
        return entry.name;
    }

    /** Whether a topic was ever read. */
    boolean hasRead() {
        return current != null;
    }

    /** The handlers for the topic that was read last, of a message with these fields. */
    Handler[] route(PublishFields fields) {
        Entry entry = current;
        if (entry == null) {
            throw new IllegalStateException("no topic was read");
        }
        Route first = entry.routeVersion == subscriptions.version() ? entry.route : null;
        for (Route route = first; route != null; route = route.next) {
            if (route.isFor(fields)) {
                return route.handlers;
            }
        }
        Handler[] handlers = fields.identifierCount() == 0
                ? subscriptions.match(entry.name)
                : subscriptions.match(entry.name, fields);
        entry.route = new Route(handlers, fields, first != null && first.depth < MOST_ROUTES ? first : null);
        entry.routeVersion = subscriptions.version();
        return handlers;
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

    private Entry add(String name, byte[] in, int index, int length, int hash) {
        if (++misses > 4 * table.length && table.length < LARGEST) {
            table = new Entry[4 * table.length];
            misses = 0;
        }
        long[] words = new long[words(length)];
        for (int i = 0; i < words.length; i++) {
            words[i] = word(in, index, length, i);
        }
        Entry entry = new Entry(name, words, length, hash);
        if (length <= LONGEST) {
            table[hash & table.length - 1] = entry;
        }
        return entry;
    }

    private static int hash(byte[] in, int index, int length) {
        long hash = length;
        for (int i = 0; i < words(length); i++) {
            hash = (hash ^ word(in, index, length, i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    /** Names are compared and hashed eight bytes at a time. */
    private static int words(int length) {
        return length + 7 >> 3;
    }

    /** The last word overlaps the one before it, so that it is whole too; a name of less than eight bytes is one word. */
    private static long word(byte[] in, int index, int length, int i) {
        if (length >= 8) {
            return (long) WORD.get(in, index + Math.min(8 * i, length - 8));
        }
        long word = 0;
        for (int at = 0; at < length; at++) {
            word = word << 8 | in[index + at] & 0xFF;
        }
        return word;
    }
}
