package io.godwit.mqtt.client.net;

/** Supplies the path, query and headers of a WebSocket upgrade, for URLs and tokens that expire. */
@FunctionalInterface
public interface WebSocketRequestSupplier {

    /**
     * Called before each attempt to reach a {@code ws://} or {@code wss://} server, on a thread that may block; abandoned
     * after {@link TransportOptions#handshakeTimeout()}.
     *
     * @param server the server that is about to be tried
     * @throws Exception fails the attempt with this message, which must not contain a secret
     */
    WebSocketRequest request(ServerAddress server) throws Exception;
}
