package io.godwit.benchmarks;

/**
 * One MQTT library as the benchmarks see it. There is one instance in a JVM; it holds what the library shares between
 * its clients (event loops, for example), so that many connections cost what they cost in a real program. Each
 * implementation uses the fastest settings that its library documents, and says beside each setting why.
 */
public interface Adapter extends AutoCloseable {

    /** Opens a connection and returns when its CONNACK has come. */
    Link connect(Endpoint endpoint) throws Exception;

    @Override
    void close() throws Exception;
}
