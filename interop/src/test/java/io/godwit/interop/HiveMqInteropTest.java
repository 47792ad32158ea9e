package io.godwit.interop;

import org.junit.jupiter.api.Tag;

@Tag("interop")
class HiveMqInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.HIVEMQ;
    }
}
