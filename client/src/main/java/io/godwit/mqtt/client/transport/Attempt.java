package io.godwit.mqtt.client.transport;

/** One walk along a road, from the moment it starts until its connection is closed. */
public interface Attempt {

    /**
     * Ends the walk at whatever step it is, and closes the connection at once if there is one already. No listener
     * call begins after this method has returned; all sockets and timers of the attempt are released. Any thread, any
     * number of times.
     */
    void cancel();
}
