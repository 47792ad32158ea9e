package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait for their handlers, as arrays that are taken whole: filled by the connection, emptied by whoever
 * runs the handlers, one array swap for each batch. Two sets of arrays serve a busy client; one that rests gives them up.
 */
public final class Inbox {
    private static final int SMALLEST = 16;
    /** A batch that grew beyond this is not kept for the next one. */
    private static final int LARGEST_KEPT = 16 * 1024;

    /** What a message takes beside the bytes of its packet, roughly: its objects and its places in arrays. */
    private static final int OVERHEAD = 128;

    /** The weight of a message that counts elsewhere. */
    private static final int MOVED = -1;

    private static final int[] NO_GATES = {};
    private static final long[] NO_TOTALS = {};

    private final EndedExchanges ended;
    /** What {@link EndedExchanges#total()} was at the last message. */
    private long lastTotal;

    private @Nullable Batch filling;
    private @Nullable Batch spare;
    private int waiting;
    private long waitingBytes;
    private long dropAbove = Long.MAX_VALUE;

    /** Some messages in their order, each with its handlers and the token that acknowledges it. */
    public static final class Batch {
        private Message[] messages = new Message[SMALLEST];
        private Handler[][] routes = new Handler[SMALLEST][];
        private int[] tokens = new int[SMALLEST];
        private int[] weights = new int[SMALLEST];
        private int size;
        private long bytes;
        /** Of these, what {@link Inbox#move} took out; it is still among the messages. */
        private int moved;
        /** How many of the first messages are handled and released. */
        private int released;
        /** What of the batch no longer counts as waiting. */
        private int uncounted;

        private long uncountedBytes;

        // Before which message how many exchanges must have been completed; few or none.
        private int[] gatedMessages = NO_GATES;
        private long[] gatedTotals = NO_TOTALS;
        private int gates;

        /** How many messages there are. */
        public int size() {
            return size;
        }

        public Message message(int index) {
            return messages[index];
        }

        /** The handlers that want the message, as they were given to the session. */
        public Handler[] route(int index) {
            return routes[index];
        }

        /** What {@link Session#handled} takes once the handlers are done; 0 when nothing has to be acknowledged. */
        public int token(int index) {
            return tokens[index];
        }

        /**
         * The results that arrived before a message are delivered before it. Returns how many exchanges, of all that ever
         * ended, must have been completed when this message is handled; 0 if the message before it waited for the same.
         *
         * @param gate how many gates the messages before it had
         */
        public long gate(int index, int gate) {
            return gate < gates && gatedMessages[gate] == index ? gatedTotals[gate] : 0;
        }

        /** How many messages were moved. */
        public int moved() {
            return moved;
        }

        /** The message is acknowledged by hand: nothing is due when its handlers have returned. */
        public void clearToken(int index) {
            tokens[index] = 0;
        }

        private void add(Message message, Handler[] route, int token, int weight) {
            if (size == messages.length) {
                messages = Arrays.copyOf(messages, 2 * size);
                routes = Arrays.copyOf(routes, 2 * size);
                tokens = Arrays.copyOf(tokens, 2 * size);
                weights = Arrays.copyOf(weights, 2 * size);
            }
            messages[size] = message;
            routes[size] = route;
            tokens[size] = token;
            weights[size] = weight;
            size++;
            bytes += weight;
        }

        /** The next message waits until this many exchanges are completed. */
        private void gate(long total) {
            if (gates == gatedMessages.length) {
                int larger = Math.max(4, 2 * gates);
                gatedMessages = Arrays.copyOf(gatedMessages, larger);
                gatedTotals = Arrays.copyOf(gatedTotals, larger);
            }
            gatedMessages[gates] = size;
            gatedTotals[gates] = total;
            gates++;
        }

        private void uncount(int index) {
            uncounted++;
            uncountedBytes += weights[index];
        }

        private void clear() {
            Arrays.fill(messages, released, size, null);
            size = 0;
            gates = 0;
            bytes = 0;
            moved = 0;
            released = 0;
            uncounted = 0;
            uncountedBytes = 0;
        }
    }

    Inbox(EndedExchanges ended) {
        this.ended = ended;
    }

    /** @param weight bytes of the packet: properties take memory as payloads do */
    void add(Message message, Handler[] route, int token, int weight) {
        Batch batch = filling;
        if (batch == null) {
            batch = spare != null ? spare : new Batch();
            spare = null;
            filling = batch;
        }
        if (ended.total() != lastTotal) {
            lastTotal = ended.total();
            batch.gate(lastTotal);
        }
        batch.add(message, route, token, weight);
        waiting++;
        waitingBytes += weight;
    }

    /** Whether {@link #take} would give something. */
    public boolean hasNext() {
        return filling != null;
    }

    /** All that waits, or null when nothing does. It counts as waiting until it is given back. */
    public @Nullable Batch take() {
        Batch batch = filling;
        filling = null;
        return batch;
    }

    /** Takes a batch back whose messages are all handled. */
    public void giveBack(Batch batch) {
        waiting -= batch.size - batch.uncounted;
        waitingBytes -= batch.bytes - batch.uncountedBytes;
        if (batch.messages.length <= LARGEST_KEPT && (spare == null || spare.messages.length < batch.messages.length)) {
            batch.clear();
            spare = batch;
        }
    }

    /**
     * The first messages of a batch, up to this index, are handled and the others are not: they no longer count as waiting, and nothing
     * holds them. Returns whether there were any.
     */
    public boolean release(Batch batch, int upTo) {
        int from = batch.released;
        if (from >= upTo) {
            return false;
        }
        int countedBefore = batch.uncounted;
        long bytesBefore = batch.uncountedBytes;
        for (int i = from; i < upTo; i++) {
            if (batch.weights[i] != MOVED) {
                batch.uncount(i);
            }
        }
        waiting -= batch.uncounted - countedBefore;
        waitingBytes -= batch.uncountedBytes - bytesBefore;
        Arrays.fill(batch.messages, from, upTo, null);
        batch.released = upTo;
        return true;
    }

    /** A message is handled beside its batch: it counts as waiting until {@link #ended}, and not with the batch. */
    public void move(Batch batch, int index, int weight) {
        waitingBytes += weight - batch.weights[index];
        batch.uncount(index);
        batch.weights[index] = MOVED;
        batch.moved++;
    }

    /** A message goes to one more handler that runs beside this line: it counts until {@link #ended}. */
    public void later(int weight) {
        waiting++;
        waitingBytes += weight;
    }

    /** Such a handler is done with it. */
    public void ended(int weight) {
        waiting--;
        waitingBytes -= weight;
    }

    /** Releases what is kept for the next burst. */
    void trim() {
        spare = null;
    }

    /** How many messages wait or are being handled. */
    public int waiting() {
        return waiting;
    }

    /** The bytes of their packets. */
    public long waitingBytes() {
        return waitingBytes;
    }

    /** The memory that they take, roughly. */
    public long memory() {
        return memory(waiting, waitingBytes);
    }

    /** The memory that this many messages take, whose packets have this many bytes. */
    public static long memory(long messages, long bytes) {
        return bytes + OVERHEAD * messages;
    }

    /** From now on messages of QoS 0 are dropped while more {@link #memory} is taken than this. */
    public void dropAbove(long bytes) {
        dropAbove = bytes;
    }

    boolean isDropping() {
        return memory() > dropAbove;
    }
}
