package io.godwit.mqtt.client.transport;

/** A task that can be cancelled before it runs. */
public interface Cancellable {

    /** Cancels the task unless it is running or has run. Any thread, any number of times. */
    void cancel();
}
