package io.godwit.benchmarks;

/** One connection of a library under measurement, with the few things that the scenarios do on it. */
public interface Link extends AutoCloseable {

    /**
     * Publishes until {@link PublishLoad#stopped()}, with at most {@link PublishLoad#window()} in flight, and calls
     * {@link PublishLoad#completed()} for each that the library says is done. Called by a thread of the harness that
     * has nothing else to do; a library that is faster on its event loop may move there.
     */
    void publish(PublishLoad load) throws Exception;

    /** Subscribes, and calls {@link ReceiveLoad#received(int)} for each message, one at a time, until closed. */
    void receive(String filter, int qos, ReceiveLoad load) throws Exception;

    /** Subscribes to the topic, publishes to it at QoS 0, and from the handler again for as long as the echo wants. */
    void echo(String topic, byte[] payload, Echo echo) throws Exception;

    /** Subscribes to the topic, and hands over each message that arrives; returns when SUBACK has come. */
    void deliver(String topic, int qos, Traffic traffic) throws Exception;

    /** Publishes to the topic what the traffic gives, until it gives nothing. The window is the traffic's. */
    void send(String topic, int qos, Traffic traffic) throws Exception;

    /** Publishes one message with QoS 1 and returns when its PUBACK has come. */
    void publishOne(String topic, byte[] payload) throws Exception;

    /** Whether there is a connection now, as the library sees it. */
    boolean connected();

    /** Sends DISCONNECT and closes the connection. */
    @Override
    void close() throws Exception;
}
