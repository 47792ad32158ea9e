package io.godwit.mqtt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PropertiesTest {
    private static final UserProperty A = new UserProperty("a", "1");
    private static final UserProperty B = new UserProperty("b", "2");

    @Test
    void and_keeps_what_is_there() {
        Properties properties = Properties.of(Property.USER_PROPERTY, A).and(Property.USER_PROPERTY, B);

        assertThat(properties.getAll(Property.USER_PROPERTY)).containsExactly(A, B);
        assertThat(properties.get(Property.USER_PROPERTY)).isEqualTo(A);
        assertThat(properties.size()).isEqualTo(2);
    }

    @Test
    void with_replaces_or_removes() {
        Properties properties = Properties.of(Property.CONTENT_TYPE, "x").and(Property.USER_PROPERTY, A);

        assertThat(properties.with(Property.CONTENT_TYPE, "y"))
                .isEqualTo(Properties.of(Property.USER_PROPERTY, A).and(Property.CONTENT_TYPE, "y"));
        assertThat(properties.with(Property.CONTENT_TYPE, null)).isEqualTo(Properties.of(Property.USER_PROPERTY, A));
        assertThat(Properties.of(Property.CONTENT_TYPE, "x").with(Property.CONTENT_TYPE, null))
                .isSameAs(Properties.NONE);
        assertThat(properties.get(Property.CONTENT_TYPE)).as("the original").isEqualTo("x");
    }

    @Test
    void absent_properties() {
        assertThat(Properties.NONE.get(Property.RECEIVE_MAXIMUM)).isNull();
        assertThat(Properties.NONE.getOr(Property.RECEIVE_MAXIMUM, 65_535)).isEqualTo(65_535);
        assertThat(Properties.NONE.has(Property.RECEIVE_MAXIMUM)).isFalse();
        assertThat(Properties.NONE.getAll(Property.USER_PROPERTY)).isEmpty();
        assertThat(Properties.NONE.isEmpty()).isTrue();
    }

    @Test
    void a_builder_keeps_order_and_checks_types() {
        Properties properties = Properties.builder()
                .add(Property.USER_PROPERTY, B)
                .add(Property.RECEIVE_MAXIMUM, 5)
                .add(Property.USER_PROPERTY, A)
                .build();

        List<String> seen = new ArrayList<>();
        properties.forEach((property, value) -> seen.add(property.name()));
        assertThat(seen).containsExactly("user property", "receive maximum", "user property");
        assertThat(Properties.builder().build()).isSameAs(Properties.NONE);
        assertThatThrownBy(() -> Properties.builder().add(Property.RECEIVE_MAXIMUM, "5"))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void equal_by_content_bytes_included() {
        Properties one = Properties.of(Property.CORRELATION_DATA, new byte[] {1});
        assertThat(one)
                .isEqualTo(Properties.of(Property.CORRELATION_DATA, new byte[] {1}))
                .hasSameHashCodeAs(Properties.of(Property.CORRELATION_DATA, new byte[] {1}));
        assertThat(one).isNotEqualTo(Properties.of(Property.CORRELATION_DATA, new byte[] {2}));
    }

    @Test
    void no_secret_is_shown() {
        Properties properties = Properties.of(Property.AUTHENTICATION_DATA, "secret".getBytes(StandardCharsets.UTF_8))
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
                Properties.NONE);

        assertThat(connect.toString()).contains("user").contains("***").doesNotContain("secret");
    }
}
