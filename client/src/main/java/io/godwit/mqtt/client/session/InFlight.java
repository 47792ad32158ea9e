package io.godwit.mqtt.client.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has been sent and not been answered: an array indexed by packet identifier, with the identifiers' free set. */
final class InFlight {
    private static final Comparator<PublishExchange<?>> BY_SEQUENCE =
            (one, other) -> Long.compare(one.sequence, other.sequence);

    private static final int SMALLEST = 8;
    private static final @Nullable Exchange<?>[] EMPTY = new Exchange<?>[0];

    /** Made for the first exchange. */
    private @Nullable PacketIdentifiers identifiers;

    private @Nullable Exchange<?>[] table = EMPTY;
    /** How many places only keep their identifier from being used. */
    private int idle;

    /** Gives the exchange an identifier and a place; not when it {@link #isFull()}. */
    void add(Exchange<?> exchange) {
        int id = identifiers().take();
        exchange.packetId = (char) id;
        put(id, exchange);
    }

    /** Puts an exchange of an earlier life back under the identifier that it had. */
    boolean restore(Exchange<?> exchange, int id) {
        if (!identifiers().reserve(id)) {
            return false;
        }
        exchange.packetId = (char) id;
        put(id, exchange);
        return true;
    }

    private PacketIdentifiers identifiers() {
        PacketIdentifiers made = identifiers;
        if (made == null) {
            made = new PacketIdentifiers();
            identifiers = made;
        }
        return made;
    }

    private int taken() {
        return identifiers == null ? 0 : identifiers.count();
    }

    private void put(int id, Exchange<?> exchange) {
        if (id >= table.length) {
            int doubled = Math.min(PacketIdentifiers.MAX + 1, Math.max(SMALLEST, 2 * table.length));
            table = Arrays.copyOf(table, Math.max(id + 1, doubled));
        }
        table[id] = exchange;
    }

    @Nullable
    Exchange<?> get(int id) {
        return id < table.length ? table[id] : null;
    }

    /** Takes the exchange out; its identifier is free again. */
    void remove(Exchange<?> exchange) {
        int id = exchange.packetId;
        table[id] = null;
        identifiers().free(id);
    }

    /** Puts another exchange in the place of this one. The identifier stays taken, and the round goes on where it was. */
    void replace(Exchange<?> exchange, Exchange<?> by) {
        by.packetId = exchange.packetId;
        table[exchange.packetId] = by;
    }

    boolean isFull() {
        return taken() == PacketIdentifiers.MAX;
    }

    /** Without those that only keep their identifier. */
    int count() {
        return taken() - idle;
    }

    /** How many of the places only keep their identifier from being used. */
    int idle() {
        return idle;
    }

    void idle(int places) {
        idle = places;
    }

    /** What was sent and not answered at all on this connection. */
    List<Exchange<?>> unanswered() {
        List<Exchange<?>> all = new ArrayList<>(2);
        for (Exchange<?> exchange : table) {
            if (exchange != null && exchange.state == Exchange.SENT) {
                all.add(exchange);
            }
        }
        return all;
    }

    /** The publishes, oldest first. */
    List<PublishExchange<?>> publishes() {
        List<PublishExchange<?>> all = new ArrayList<>(count());
        for (Exchange<?> exchange : table) {
            if (exchange instanceof PublishExchange<?> publish) {
                all.add(publish);
            }
        }
        all.sort(BY_SEQUENCE);
        return all;
    }
}
