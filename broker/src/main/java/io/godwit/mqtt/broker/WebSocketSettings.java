package io.godwit.mqtt.broker;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.util.Set;

/**
 * How the broker offers MQTT over WebSocket, section 6 of the standard.
 *
 * @param path such as {@code /mqtt}
 * @param origins of web pages that may connect, beside those on this machine
 */
record WebSocketSettings(String path, Set<String> origins) {
    private static final int LARGEST_REQUEST = 64 << 10;
    private static final int LARGEST_FRAME = 16 << 20;

    WebSocketSettings {
        origins = Set.copyOf(origins);
    }

    /** Adds what is needed between the socket and a handler of MQTT bytes. */
    void install(ChannelPipeline pipeline) {
        WebSocketServerProtocolConfig config = WebSocketServerProtocolConfig.newBuilder()
                .websocketPath(path)
                .subprotocols("mqtt,mqttv3.1")
                .maxFramePayloadLength(LARGEST_FRAME)
                .dropPongFrames(true)
                .build();
        pipeline.addLast(
                new HttpServerCodec(),
                new HttpObjectAggregator(LARGEST_REQUEST),
                new OriginCheck(origins),
                new WebSocketServerProtocolHandler(config),
                new WebSocketBytes());
    }
}
