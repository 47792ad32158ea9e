package io.godwit.simulation.shortage;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What a process can run out of, and how to use it up. One thread only. */
enum Shortage {
    HANDLES {
        @Override
        Runnable take() {
            List<Closeable> taken = new ArrayList<>(MANY);
            Runnable free = () -> taken.forEach(Shortage::close);
            try {
                while (taken.size() < MANY) {
                    taken.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException none) {
                // none is left
            }
            return free;
        }
    },
    THREADS {
        @Override
        Runnable take() {
            CountDownLatch end = new CountDownLatch(1);
            Runnable free = end::countDown;
            try {
                for (int n = 0; n < MANY; n++) {
                    Thread thread = new Thread(null, () -> await(end), "hoarder", SMALL_STACK);
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (OutOfMemoryError none) {
                // none is left
            }
            return free;
        }
    },
    MEMORY {
        @Override
        Runnable take() {
            List<byte[]> taken = new ArrayList<>(MANY);
            Runnable free = taken::clear; // while there is memory
            for (int size = LARGEST_PIECE; size >= SMALLEST_PIECE; size /= 4) {
                fill(taken, size);
            }
            return free;
        }
    };

    /** More than any limit of a campaign. */
    private static final int MANY = 100_000;

    private static final long SMALL_STACK = 128 << 10;
    private static final int LARGEST_PIECE = 1 << 20;
    private static final int SMALLEST_PIECE = 1 << 10;

    /** Uses up what is left. Returns what gives it back. */
    abstract Runnable take();

    private static void fill(List<byte[]> taken, int size) {
        try {
            while (taken.size() < MANY) {
                taken.add(new byte[size]);
            }
        } catch (OutOfMemoryError none) {
            // pieces of this size are used up
        }
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Closeable one) {
        try {
            one.close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
