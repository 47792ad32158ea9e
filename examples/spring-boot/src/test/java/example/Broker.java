package example;

/** A broker with TLS that a test can take away, and start with another certificate. */
interface Broker extends AutoCloseable {
    /** The same at each start. */
    String uri();

    void start(Certificate certificate) throws Exception;

    void stop() throws Exception;

    @Override
    default void close() throws Exception {
        stop();
    }
}
