package io.godwit.mqtt.client.engine;

import java.util.concurrent.CompletableFuture;

/** The future of a blocking call: nothing but the blocked thread depends on it, so the event loop may complete it. */
final class BlockingFuture<T> extends CompletableFuture<T> {}
