package io.godwit.interop;

import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("interop")
class HiveMqTransportsTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.HIVEMQ;
    }

    @Override
    List<RealTransport> transports() {
        return List.of(RealTransport.TLS, RealTransport.WEB_SOCKET, RealTransport.WEB_SOCKET_TLS);
    }
}
