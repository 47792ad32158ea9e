package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.ConnectProgress;
import java.util.function.Consumer;

/**
 * What all parts of one attempt share.
 *
 * @param loop the loop that everything runs on
 * @param sockets makes channels
 * @param blockingTasks runs what may block
 * @param progress is notified of each completed phase; loop only
 */
record AttemptContext(
        NettyEventLoop loop,
        Sockets sockets,
        BlockingTasks blockingTasks,
        TransportOptions options,
        Consumer<ConnectProgress> progress) {}
