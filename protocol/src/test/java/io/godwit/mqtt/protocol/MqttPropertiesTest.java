package io.godwit.mqtt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MqttPropertiesTest {
    private static final UserProperty A = new UserProperty("a", "1");
    private static final UserProperty B = new UserProperty("b", "2");

    @Test
    void and_keeps_what_is_there() {
        MqttProperties properties = MqttProperties.of(Property.USER_PROPERTY, A).and(Property.USER_PROPERTY, B);

        assertThat(properties.getAll(Property.USER_PROPERTY)).containsExactly(A, B);
        assertThat(properties.get(Property.USER_PROPERTY)).isEqualTo(A);
        assertThat(properties.size()).isEqualTo(2);
    }

    @Test
    void with_replaces_or_removes() {
        MqttProperties properties =
                MqttProperties.of(Property.CONTENT_TYPE, "x").and(Property.USER_PROPERTY, A);

        assertThat(properties.with(Property.CONTENT_TYPE, "y"))
                .isEqualTo(MqttProperties.of(Property.USER_PROPERTY, A).and(Property.CONTENT_TYPE, "y"));
        assertThat(properties.with(Property.CONTENT_TYPE, null))
                .isEqualTo(MqttProperties.of(Property.USER_PROPERTY, A));
        assertThat(MqttProperties.of(Property.CONTENT_TYPE, "x").with(Property.CONTENT_TYPE, null))
                .isSameAs(MqttProperties.NONE);
        assertThat(properties.get(Property.CONTENT_TYPE)).as("the original").isEqualTo("x");
    }

    @Test
    void absent_properties() {
        assertThat(MqttProperties.NONE.get(Property.RECEIVE_MAXIMUM)).isNull();
        assertThat(MqttProperties.NONE.getOr(Property.RECEIVE_MAXIMUM, 65_535)).isEqualTo(65_535);
        assertThat(MqttProperties.NONE.has(Property.RECEIVE_MAXIMUM)).isFalse();
        assertThat(MqttProperties.NONE.getAll(Property.USER_PROPERTY)).isEmpty();
        assertThat(MqttProperties.NONE.isEmpty()).isTrue();
    }

    @Test
    void a_builder_keeps_order_and_checks_types() {
        MqttProperties properties = MqttProperties.builder()
                .add(Property.USER_PROPERTY, B)
                .add(Property.RECEIVE_MAXIMUM, 5)
                .add(Property.USER_PROPERTY, A)
                .build();

        List<String> seen = new ArrayList<>();
        properties.forEach((property, value) -> seen.add(property.name()));
        assertThat(seen).containsExactly("user property", "receive maximum", "user property");
        assertThat(MqttProperties.builder().build()).isSameAs(MqttProperties.NONE);
        assertThatThrownBy(() -> MqttProperties.builder().add(Property.RECEIVE_MAXIMUM, "5"))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void equal_by_content_bytes_included() {
        MqttProperties one = MqttProperties.of(Property.CORRELATION_DATA, new byte[] {1});
        assertThat(one)
                .isEqualTo(MqttProperties.of(Property.CORRELATION_DATA, new byte[] {1}))
                .hasSameHashCodeAs(MqttProperties.of(Property.CORRELATION_DATA, new byte[] {1}));
        assertThat(one).isNotEqualTo(MqttProperties.of(Property.CORRELATION_DATA, new byte[] {2}));
    }

    @Test
    void no_secret_is_shown() {
        MqttProperties properties = MqttProperties.of(
                        Property.AUTHENTICATION_DATA, "secret".getBytes(StandardCharsets.UTF_8))
                .and(Property.CORRELATION_DATA, new byte[3]);

        assertThat(properties).hasToString("{authentication data=***, correlation data=3 bytes}");
    }

    @Test
    void no_password_is_shown() {
        Connect connect = new Connect(
                ProtocolVersion.V5,
                "c",
                true,
                0,
                null,
                "user",
                "secret".getBytes(StandardCharsets.UTF_8),
                MqttProperties.NONE);

        assertThat(connect.toString()).contains("user").contains("***").doesNotContain("secret");
    }
}
