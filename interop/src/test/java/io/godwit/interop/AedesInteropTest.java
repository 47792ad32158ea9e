package io.godwit.interop;

import org.junit.jupiter.api.Tag;

@Tag("interop")
class AedesInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.AEDES;
    }
}
