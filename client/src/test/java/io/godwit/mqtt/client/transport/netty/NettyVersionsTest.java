package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The modules in {@code compatibility/} check the same with real class paths. */
class NettyVersionsTest {
    @Test
    void the_jars_of_this_build_fit() {
        assertThatCode(NettyVersions::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.1.100.Final", "4.2.0.Final", "4.2.18.Final", ""})
    void one_supported_version_is_accepted(String version) {
        assertThatCode(() -> NettyVersions.check(Map.of("netty-common", version, "netty-buffer", version)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.0.56.Final", "5.0.0.Alpha5", "4.3.0.Final"})
    void another_version_is_named(String version) {
        assertThatThrownBy(() -> NettyVersions.check(Map.of("netty-common", version)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("needs Netty 4.1 or 4.2", "found netty-common " + version, "netty-bom");
    }

    @Test
    void jars_of_two_versions_are_named() {
        assertThatThrownBy(() ->
                        NettyVersions.check(Map.of("netty-common", "4.1.135.Final", "netty-handler", "4.2.18.Final")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("netty-common 4.1.135.Final", "netty-handler 4.2.18.Final");
    }

    @Test
    void a_missing_jar_of_a_part_is_named() {
        assertThatThrownBy(() -> NettyVersions.checkOptional("a proxy", "netty-handler-proxy", "io.netty.Missing"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a proxy needs netty-handler-proxy");
    }

    @Test
    void a_linkage_error_is_explained() {
        LinkageError failure = new NoClassDefFoundError("io/netty/X");

        assertThat(NettyVersions.explain(failure))
                .hasMessageContainingAll("io/netty/X", "Netty 4.1 or 4.2")
                .hasCause(failure);
    }
}
