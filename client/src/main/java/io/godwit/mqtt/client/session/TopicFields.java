package io.godwit.mqtt.client.session;

import io.godwit.mqtt.codec.PublishCodec;
import io.godwit.mqtt.protocol.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * The topic names that this client publishes to, checked and encoded once: a small table of the recent ones, each with
 * its bytes and its topic alias on the present connection.
 */
final class TopicFields {
    private static final int SMALLEST = 8;
    private static final int LARGEST = 1024;
    private static final @Nullable Field[] EMPTY = new Field[0];

    /** One topic name. */
    static final class Field {
        final String topic;
        /** Length and UTF-8 bytes, as they stand in PUBLISH. */
        final byte[] bytes;
        /** The connection that {@link #alias} belongs to. */
        private int connection;

        private int alias;

        Field(String topic) {
            this.topic = topic;
            this.bytes = PublishCodec.topicField(topic);
        }
    }

    private @Nullable Field[] table = EMPTY;
    private @Nullable Field last;
    private int misses;

    // Per connection.
    private int connection;
    private int aliases;
    private int aliasMaximum;

    /** Forgets all aliases, of which a new connection knows none [MQTT-3.3.2-7]. */
    void connected(int newAliasMaximum) {
        connection++;
        aliases = 0;
        aliasMaximum = newAliasMaximum;
    }

    /**
     * The encoded form of a topic name.
     *
     * @throws IllegalArgumentException if it is not one
     */
    Field of(String topic) {
        Field before = last;
        return before != null && before.topic == topic ? before : find(topic);
    }

    private Field find(String topic) {
        if (table.length == 0) {
            table = new Field[SMALLEST];
        }
        int hash = topic.hashCode();
        int slot = (hash ^ hash >>> 16) & table.length - 1;
        Field field = table[slot];
        if (field != null && field.topic.equals(topic)) {
            last = field;
            return field;
        }
        field = new Field(TopicName.check(topic));
        if (++misses > 4 * table.length && table.length < LARGEST) {
            table = new Field[4 * table.length];
            misses = 0;
            slot = (hash ^ hash >>> 16) & table.length - 1;
        }
        table[slot] = field;
        last = field;
        return field;
    }

    /**
     * The alias to send with this topic, or 0 for none; negative when the broker does not know it yet, so that the topic
     * name has to be sent with it. The first topics of a connection get the aliases.
     */
    int alias(Field field) {
        if (aliasMaximum == 0) {
            return 0;
        }
        if (field.connection == connection) {
            return field.alias;
        }
        if (aliases == aliasMaximum) {
            return 0;
        }
        field.connection = connection;
        field.alias = ++aliases;
        return -field.alias;
    }
}
