package io.godwit.interop;

import org.junit.jupiter.api.Tag;

@Tag("interop")
class ArtemisInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.ARTEMIS;
    }
}
