package io.godwit.mqtt.client.transport;

import java.io.IOException;

/** An {@link Error}, such as an {@link OutOfMemoryError}, has stopped an event loop, and ended all of its connections and attempts. */
public final class LoopEndedException extends IOException {

    private static final long serialVersionUID = 1L;

    public LoopEndedException() {
        super("an error stopped the event loop, as it may when the memory is exhausted; it was started again");
    }
}
