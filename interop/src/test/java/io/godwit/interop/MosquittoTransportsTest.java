package io.godwit.interop;

import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("interop")
class MosquittoTransportsTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.MOSQUITTO;
    }

    @Override
    List<RealTransport> transports() {
        return List.of(
                RealTransport.TLS,
                RealTransport.MUTUAL_TLS,
                RealTransport.WEB_SOCKET,
                RealTransport.WEB_SOCKET_TLS,
                RealTransport.UNIX,
                RealTransport.SOCKS5,
                RealTransport.HTTP_PROXY);
    }
}
