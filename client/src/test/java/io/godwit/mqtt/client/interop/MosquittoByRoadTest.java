package io.godwit.mqtt.client.interop;

import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("interop")
class MosquittoByRoadTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.MOSQUITTO;
    }

    @Override
    List<RealRoad> roads() {
        return List.of(
                RealRoad.TLS,
                RealRoad.MUTUAL_TLS,
                RealRoad.WEB_SOCKET,
                RealRoad.WEB_SOCKET_TLS,
                RealRoad.UNIX,
                RealRoad.SOCKS5,
                RealRoad.HTTP_PROXY);
    }
}
