package io.godwit.kafka.connect;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that knows the message it was made of. Connect gives this very object to {@code commitRecord}, whatever
 * transformations made of it. Two records are never equal: with exactly-once workers Connect keeps them in a map until the
 * transaction ends, and equal contents must not become one entry.
 */
final class PendingRecord extends SourceRecord {
    // Set once.
    private final PendingMessage source;

    // Any thread.
    private final AtomicBoolean committed = new AtomicBoolean();

    PendingRecord(
            PendingMessage source,
            Map<String, ?> partition,
            Map<String, ?> offset,
            String topic,
            @Nullable String key,
            @Nullable Schema valueSchema,
            @Nullable Object value,
            Headers headers) {
        super(
                partition,
                offset,
                topic,
                null,
                key == null ? null : Schema.STRING_SCHEMA,
                key,
                valueSchema,
                value,
                source.receivedAt(),
                headers);
        this.source = source;
    }

    /** Acknowledges the message to the MQTT broker. False if that was done before. */
    boolean commit() {
        if (!committed.compareAndSet(false, true)) {
            return false;
        }
        source.acknowledgement().acknowledge();
        return true;
    }

    long bytes() {
        return source.bytes();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
