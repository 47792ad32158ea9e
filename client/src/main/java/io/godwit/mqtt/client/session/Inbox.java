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

    private @Nullable Batch filling;
    private @Nullable Batch spare;
    private int waiting;
    private long waitingBytes;

    /** Some messages in their order, each with its handlers and the token that acknowledges it. */
    public static final class Batch {
        private Message[] messages = new Message[SMALLEST];
        private Object[][] routes = new Object[SMALLEST][];
        private int[] tokens = new int[SMALLEST];
        private int size;
        private long bytes;

        /** How many messages there are. */
        public int size() {
            return size;
        }

        public Message message(int index) {
            return messages[index];
        }

        /** The handlers that want the message, as they were given to the session. */
        public Object[] route(int index) {
            return routes[index];
        }

        /** What {@link Session#handled} takes once the handlers are done; 0 when nothing has to be acknowledged. */
        public int token(int index) {
            return tokens[index];
        }

        /** The message is acknowledged by hand: nothing is due when its handlers have returned. */
        public void clearToken(int index) {
            tokens[index] = 0;
        }

        private void add(Message message, Object[] route, int token, int weight) {
            if (size == messages.length) {
                messages = Arrays.copyOf(messages, 2 * size);
                routes = Arrays.copyOf(routes, 2 * size);
                tokens = Arrays.copyOf(tokens, 2 * size);
            }
            messages[size] = message;
            routes[size] = route;
            tokens[size] = token;
            size++;
            bytes += weight;
        }
    }

    /** @param weight bytes of the packet: properties take memory as payloads do */
    void add(Message message, Object[] route, int token, int weight) {
        Batch batch = filling;
        if (batch == null) {
            batch = spare != null ? spare : new Batch();
            spare = null;
            filling = batch;
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
        waiting -= batch.size;
        waitingBytes -= batch.bytes;
        if (batch.messages.length <= LARGEST_KEPT && (spare == null || spare.messages.length < batch.messages.length)) {
            Arrays.fill(batch.messages, 0, batch.size, null);
            batch.size = 0;
            batch.bytes = 0;
            spare = batch;
        }
    }

    /** Time has passed: what is kept for the next burst is let go. */
    void rest() {
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
}
