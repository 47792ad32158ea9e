package io.godwit.benchmarks.awscrt;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.crt.io.ClientBootstrap;
import software.amazon.awssdk.crt.io.ClientTlsContext;
import software.amazon.awssdk.crt.io.EventLoopGroup;
import software.amazon.awssdk.crt.io.HostResolver;
import software.amazon.awssdk.crt.io.SocketOptions;
import software.amazon.awssdk.crt.io.TlsContextOptions;
import software.amazon.awssdk.crt.mqtt5.Mqtt5ClientOptions.ClientSessionBehavior;
import software.amazon.awssdk.crt.mqtt5.Mqtt5ClientOptions.ExtendedValidationAndFlowControlOptions;
import software.amazon.awssdk.crt.mqtt5.Mqtt5ClientOptions.Mqtt5ClientOptionsBuilder;
import software.amazon.awssdk.crt.mqtt5.Mqtt5WebsocketHandshakeTransformArgs;
import software.amazon.awssdk.crt.mqtt5.packets.ConnectPacket.ConnectPacketBuilder;

/** All clients share one event loop of native code. It speaks MQTT 5 only, and does not publish with QoS 2. */
public final class AwsCrtAdapter implements Adapter {

    private static final long MOST_RECEIVE_MAXIMUM = 65_535;

    private final ClientBootstrap bootstrap;
    private final SocketOptions socketOptions = new SocketOptions();
    private final @Nullable ClientTlsContext tls;

    public AwsCrtAdapter(Endpoint endpoint) {
        // One loop: there is one connection, and 2 cores are shared with the peer.
        EventLoopGroup loops = new EventLoopGroup(1);
        bootstrap = new ClientBootstrap(loops, new HostResolver(loops));
        socketOptions.tcpNoDelay = SocketOptions.TcpNoDelay.ON;
        tls = endpoint.certificate() == null
                ? null
                : new ClientTlsContext(TlsContextOptions.createDefaultClient()
                        .withCertificateAuthorityFromPath(
                                null, endpoint.certificate().toString()));
    }

    @Override
    public Link connect(Endpoint endpoint) throws Exception {
        Mqtt5ClientOptionsBuilder options = new Mqtt5ClientOptionsBuilder(endpoint.host(), (long) endpoint.port())
                .withBootstrap(bootstrap)
                .withSocketOptions(socketOptions)
                .withSessionBehavior(ClientSessionBehavior.CLEAN)
                // Without the limits of one cloud, which are 100 publishes a second.
                .withExtendedValidationAndFlowControlOptions(ExtendedValidationAndFlowControlOptions.NONE)
                .withDisableMetrics(true) // else a user name is sent that tells the version of the library
                .withConnectOptions(new ConnectPacketBuilder()
                        .withClientId(endpoint.clientId())
                        .withReceiveMaximum(MOST_RECEIVE_MAXIMUM)
                        .build());
        if (tls != null) {
            options.withTlsContext(tls);
        }
        if (endpoint.webSocket()) {
            options.withWebsocketHandshakeTransform(AwsCrtAdapter::asItIs);
        }
        return AwsCrtLink.connect(options);
    }

    private static void asItIs(Mqtt5WebsocketHandshakeTransformArgs handshake) {
        handshake.complete(handshake.getHttpRequest());
    }

    @Override
    public void close() {
        // what is shared ends with the JVM
    }
}
