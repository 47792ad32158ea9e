package io.godwit.benchmarks.stores;

/** A store of publishes: what goes in is safe when it says so, and goes out again when it has ended. */
interface Contender extends AutoCloseable {
    /** Keeps a publish; never waits for the disk unless it cannot do otherwise. {@code safe} is called when the disk has it. */
    void add(long sequence, byte[] payload, Runnable safe) throws Exception;

    void end(long sequence) throws Exception;

    @Override
    void close() throws Exception;
}
