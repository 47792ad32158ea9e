package io.godwit.mqtt.client.transport;

/** A task that waits for its time and can be called off. */
public interface Cancellable {

    /** The task will not run, unless it runs already or has run. Any thread, any number of times. */
    void cancel();
}
