package io.godwit.interop;

import org.junit.jupiter.api.Tag;

@Tag("interop")
class RabbitMqInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        return RealBroker.RABBITMQ;
    }
}
