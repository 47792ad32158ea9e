package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.netty.SharedTransport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Lets Godwit's own modules give a builder another transport than sockets: a virtual network, a simulation, a packet tap.
 * The transport SPI is not exported, so the builder has no public method for it.
 */
public final class TransportAccess {
    private static final VarHandle TRANSPORT;

    static {
        try {
            TRANSPORT = MethodHandles.privateLookupIn(MqttClientBuilder.class, MethodHandles.lookup())
                    .findVarHandle(MqttClientBuilder.class, "transport", Transport.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private TransportAccess() {}

    /** The clients of this builder connect through {@code transport}. Returns the builder. */
    public static MqttClientBuilder use(MqttClientBuilder builder, Transport transport) {
        TRANSPORT.set(builder, transport);
        return builder;
    }

    /** The transport that the clients of this builder connect through. */
    public static Transport of(MqttClientBuilder builder) {
        Transport given = (Transport) TRANSPORT.get(builder);
        return given != null ? given : SharedTransport.get();
    }
}
