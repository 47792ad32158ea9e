package io.godwit.mqtt.client.interop;

import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("interop")
class ArtemisByRoadTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.ARTEMIS;
    }

    @Override
    List<RealRoad> roads() {
        return List.of(RealRoad.TLS, RealRoad.WEB_SOCKET, RealRoad.WEB_SOCKET_TLS);
    }
}
