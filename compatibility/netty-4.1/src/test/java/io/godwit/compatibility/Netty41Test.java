package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.mqtt.client.net.Tls;
import io.godwit.testkit.TestBroker;
import io.netty.handler.ssl.OpenSsl;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All transports with Netty 4.1. */
class Netty41Test {
    @TempDir
    private Path folder;

    @BeforeEach
    void netty_is_4_1() {
        assertEquals("4.1", NettyInUse.line());
    }

    @Test
    void over_tcp() {
        try (Scenario scenario = Scenario.start()) {
            scenario.run();
        }
    }

    @Test
    void epoll_is_used_where_it_exists() {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "epoll is Linux's");
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the BOM's natives are for x86_64");
        assertTrue(NettyInUse.hasEpoll());
    }

    @Test
    void over_web_socket() {
        TestBroker broker = TestBroker.builder().webSocket("/mqtt").start();
        try (Scenario scenario = Scenario.start(broker, builder -> builder.server(broker.uri()))) {
            scenario.run();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Tls.Engine.class,
            names = {"JDK", "BORINGSSL"})
    void over_tls(Tls.Engine engine) throws Exception {
        if (engine == Tls.Engine.BORINGSSL) {
            Assumptions.assumeTrue(OpenSsl.isAvailable(), "BoringSSL is there for Linux x86_64 only");
        }
        KeyAndCertificate server = KeyAndCertificate.in(folder);
        TestBroker broker =
                TestBroker.builder().tls(server.certificate(), server.key()).start();
        Tls tls = Tls.builder().ca(server.certificate()).engine(engine).build();
        try (Scenario scenario =
                Scenario.start(broker, builder -> builder.server(broker.uri()).tls(tls))) {
            scenario.run();
        }
    }
}
