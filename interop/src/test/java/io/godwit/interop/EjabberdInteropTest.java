package io.godwit.interop;

import org.junit.jupiter.api.Tag;

@Tag("interop")
class EjabberdInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.EJABBERD;
    }
}
