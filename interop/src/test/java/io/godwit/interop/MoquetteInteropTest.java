package io.godwit.interop;

import org.junit.jupiter.api.Tag;

@Tag("interop")
class MoquetteInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.MOQUETTE;
    }
}
