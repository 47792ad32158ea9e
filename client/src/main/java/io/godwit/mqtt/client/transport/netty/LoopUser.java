package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.transport.LoopEndedException;

/** What runs on a {@link NettyEventLoop} until it has ended by itself, or an error has stopped the loop. Event loop only. */
interface LoopUser {

    /** The loop is about to end, or has: ends everything, and notifies nobody. May be called repeatedly. */
    void loopEnds();

    /** The loop has been started again: says that everything has ended. Called again if that fails for lack of memory. */
    void tellLoopEnded(LoopEndedException cause);
}
