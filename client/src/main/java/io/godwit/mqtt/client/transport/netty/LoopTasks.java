package io.godwit.mqtt.client.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one Netty loop. What it holds outlives that loop: if an {@link Error} ends Netty's loop before it has run all
 * tasks, the next one on the same thread has the same queue and runs the rest, except for what belongs to Netty itself.
 */
final class LoopTasks extends AbstractQueue<Runnable> {

    /** The package of Netty, wherever an application has moved it to. */
    private static final String NETTY = Channel.class.getName().replace("channel." + Channel.class.getSimpleName(), "");

    /** Ends the loop. */
    private static final Error STOP = new Stop();

    /** Set once. */
    private final Queue<Runnable> queue;

    private final Runnable ending;

    /** What of an earlier loop is left stands before this task; null for the first loop. */
    private final @Nullable Runnable inherited;

    /** Set before the loop starts. */
    private @Nullable EventLoop loop;

    /** Event loop only. */
    private @Nullable Runnable first;

    private boolean inheriting;

    private boolean failing;

    private final Guarded guarded = new Guarded();

    /**
     * @param queue of the thread
     * @param ending is run, perhaps often, while the loop ends: Netty's thread is still the loop's
     * @param first what an inheriting loop runs before anything else
     * @param inherited is put into the queue behind what the loop inherits; null: it inherits nothing
     */
    LoopTasks(Queue<Runnable> queue, Runnable ending, @Nullable Runnable first, @Nullable Runnable inherited) {
        this.queue = queue;
        this.ending = ending;
        this.first = first;
        this.inherited = inherited;
        this.inheriting = inherited != null;
    }

    /** Says whose tasks they are. */
    void belongTo(EventLoop owner) {
        loop = owner;
    }

    @Override
    public boolean offer(Runnable task) {
        return queue.offer(task);
    }

    @Override
    public @Nullable Runnable poll() {
        EventLoop owner = loop;
        if (inheriting || failing || owner == null || owner.isShuttingDown()) {
            return guard(pollSpecially(owner));
        }
        return guard(queue.poll());
    }

    /** Netty runs what it has polled before it polls again, so one object will do. */
    private @Nullable Runnable guard(@Nullable Runnable task) {
        if (task == null) {
            return null;
        }
        guarded.task = task;
        return guarded;
    }

    /** Without memory, a task may have done half of its work. Netty would log that and go on. */
    private final class Guarded implements Runnable {

        /** Event loop only. */
        private @Nullable Runnable task;

        @Override
        public void run() {
            Runnable mine = task;
            task = null;
            if (mine != null) {
                try {
                    mine.run();
                } catch (OutOfMemoryError halfDone) {
                    fail();
                }
            }
        }
    }

    /** The loop ends as if Netty had failed, since something is half done and nobody can say what. Event loop only. */
    void fail() {
        failing = true;
    }

    private @Nullable Runnable pollSpecially(@Nullable EventLoop owner) {
        if (failing) {
            failing = false;
            throw STOP;
        }
        if (owner != null && owner.isShuttingDown()) {
            ending.run();
            if (owner.isTerminated()) {
                return null; // Netty would drop it
            }
        }
        Runnable before = first;
        if (before != null) {
            first = null;
            return before;
        }
        Runnable task = queue.poll();
        while (inheriting && task != null) {
            if (task == inherited) {
                inheriting = false;
            } else if (task.getClass().getName().startsWith(NETTY)) {
                task = queue.poll(); // of channels that are closed
                continue;
            }
            return task;
        }
        return task;
    }

    @Override
    public @Nullable Runnable peek() {
        return first != null ? first : queue.peek();
    }

    @Override
    public boolean isEmpty() {
        return queue.isEmpty();
    }

    @Override
    public int size() {
        return queue.size();
    }

    /** Not possible: another thread may be taking the task. */
    @Override
    public boolean remove(Object task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterator<Runnable> iterator() {
        throw new UnsupportedOperationException();
    }

    /** Netty logs it. */
    private static final class Stop extends Error {

        private static final long serialVersionUID = 1L;

        Stop() {
            super("there was no memory for a task of the event loop, which is started again", null, false, false);
        }
    }
}
