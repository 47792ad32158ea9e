package io.godwit.mqtt.client.transport;

/** One attempt to connect, from its start until its connection is closed. */
public interface Attempt {

    /**
     * Ends the attempt in whatever phase it is, and closes its connection at once. No listener call begins after this method
     * has returned; all sockets and timers of the attempt are released. Any thread, any number of times.
     */
    void cancel();
}
