package io.godwit.mqtt.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call with a default would be answered by that, and not by what is decorated. */
class ForwardingTransportTest {
    @ParameterizedTest
    @ValueSource(classes = {Connection.class, ConnectionListener.class, Attempt.class})
    void a_link_forwards_each_call(Class<?> type) {
        assertThat(Arrays.stream(type.getMethods()))
                .isNotEmpty()
                .allMatch(call -> isOverridden(call, ForwardingTransport.Link.class));
    }

    @ParameterizedTest
    @ValueSource(classes = Transport.class)
    void a_transport_forwards_each_call(Class<?> type) {
        assertThat(Arrays.stream(type.getMethods()))
                .isNotEmpty()
                .allMatch(call -> isOverridden(call, ForwardingTransport.class));
    }

    private static boolean isOverridden(Method call, Class<?> by) {
        return Stream.of(by.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(call.getName())
                        && Arrays.equals(own.getParameterTypes(), call.getParameterTypes()));
    }
}
