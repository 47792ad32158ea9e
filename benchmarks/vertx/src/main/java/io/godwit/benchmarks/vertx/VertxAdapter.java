package io.godwit.benchmarks.vertx;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One Vert.x with one event loop, on which all its clients live. */
public final class VertxAdapter implements Adapter {

    private static final int MOST_BYTES_IN_MESSAGE = 1 << 20;
    private static final int PATIENCE_SECONDS = 10;
    private static final int LONGEST_KEEP_ALIVE_SECONDS = 65_535;

    private final Vertx vertx;

    public VertxAdapter(Endpoint endpoint) {
        vertx = Vertx.vertx(new VertxOptions()
                // "Native transports" in the core manual: fewer allocations and system calls than NIO.
                .setPreferNativeTransport(!endpoint.option("transport", "epoll").equals("nio"))
                // One loop: there is one connection, and 2 cores are shared with the peer.
                .setEventLoopPoolSize(1));
    }

    @Override
    public Link connect(Endpoint endpoint) throws Exception {
        MqttClientOptions options = new MqttClientOptions();
        options.setClientId(endpoint.clientId());
        options.setCleanSession(true);
        options.setKeepAliveInterval(LONGEST_KEEP_ALIVE_SECONDS);
        options.setAutoKeepAlive(false);
        // The default of 10 in flight would be the limit; the harness keeps its own window.
        options.setMaxInflightQueue(2 * endpoint.window());
        // PUBACK and PUBREC are sent by the library, as the default is.
        options.setAutoAck(true);
        options.setMaxMessageSize(MOST_BYTES_IN_MESSAGE);
        options.setTcpNoDelay(true);
        if (endpoint.certificate() != null) {
            options.setSsl(true);
            options.setTrustOptions(
                    new PemTrustOptions().addCertPath(endpoint.certificate().toString()));
            options.setHostnameVerificationAlgorithm("");
        }
        Context context = vertx.getOrCreateContext();
        CompletableFuture<VertxLink> linked = new CompletableFuture<>();
        // Created on the context so that handlers and publishes run on the connection's own loop, without a hop.
        context.runOnContext(ignored -> {
            MqttClient client = MqttClient.create(vertx, options);
            client.connect(endpoint.port(), endpoint.host()).onComplete(result -> {
                if (result.succeeded()) {
                    linked.complete(new VertxLink(client, context));
                } else {
                    linked.completeExceptionally(result.cause());
                }
            });
        });
        return linked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
