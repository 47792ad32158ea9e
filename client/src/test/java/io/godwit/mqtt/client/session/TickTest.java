package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class TickTest {
    private static final byte[] CONNACK = {0x20, 2, 0, 0};

    @Test
    void after_disconnect_no_ping_falls_due_however_long_the_connection_takes_to_end() {
        Session session = new Session(
                new SessionConfig(
                        ProtocolVersion.V3_1_1,
                        new SessionConfig.Sending(
                                new QueueBounds(10, 1_000, QueueBounds.WhenFull.FAIL), 10, 10, SessionLoss.RESEND, 0),
                        new SessionConfig.Receiving(65_535, 65_535, 0, false),
                        0),
                SessionLog.NONE,
                UnpooledByteBufAllocator.DEFAULT);
        session.open(new Connect(ProtocolVersion.V3_1_1, "c", true, 10, null, null, null, MqttProperties.NONE), 0);
        session.received(Unpooled.wrappedBuffer(CONNACK), 0);
        assertThat(session.nextTick()).isBetween(1L, 10_000_000_000L);

        session.disconnect(new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE));

        assertThat(session.nextTick()).isEqualTo(Long.MAX_VALUE);
    }
}
