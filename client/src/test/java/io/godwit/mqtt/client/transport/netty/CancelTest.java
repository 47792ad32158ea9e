package io.godwit.mqtt.client.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Cancelled at any moment")
class CancelTest {

    private static final int ATTEMPTS = 300;

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "ws", "mqtts", "wss", "proxied wss"})
    @DisplayName("no listener call begins after cancel, and nothing stays open")
    void at_any_moment(String kind) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=127.0.0.1")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        String scheme = kind.substring(kind.indexOf(' ') + 1);
        EchoServer.Service service = scheme.startsWith("ws")
                ? socket -> new WebSocketServer(socket).accept().echo()
                : EchoServer::echo;
        Random random = new Random(7);
        try (NettyTransport transport = new NettyTransport(2);
                EchoServer server = scheme.endsWith("s") && !scheme.equals("ws")
                        ? TlsTest.server(certificate, service)
                        : new EchoServer(service);
                EchoServer proxy = ProxyTest.httpProxy("", new ArrayList<>())) {
            Tls trusting = Tls.builder().ca(certificate.getCertificatePEM()).build();
            TransportOptions options = TransportOptions.to(scheme + "://127.0.0.1:" + server.port()).toBuilder()
                    .tls(scheme.equals("mqtts") || scheme.equals("wss") ? trusting : Tls.system())
                    .proxy(kind.startsWith("proxied") ? ProxyServer.parse("http://127.0.0.1:" + proxy.port()) : null)
                    .build();
            Recorder first = new Recorder(transport.nextLoop());
            Attempt warm = transport.open(first.loop, options, first);
            first.connection();
            warm.cancel();
            await().until(() -> server.open.get() == 0 && proxy.open.get() == 0);
            Set<String> before = OpenSockets.now();

            List<Recorder> recorders = new ArrayList<>();
            List<Integer> calls = new ArrayList<>();
            for (int i = 0; i < ATTEMPTS; i++) {
                Recorder recorder = new Recorder(transport.nextLoop());
                Attempt attempt = transport.open(recorder.loop, options, recorder);
                CountDownLatch later = new CountDownLatch(1);
                int number = i;
                recorder.loop.schedule(
                        () -> {
                            attempt.cancel();
                            calls.add(number, recorder.calls.get());
                            later.countDown();
                        },
                        random.nextLong(TimeUnit.MILLISECONDS.toNanos(6)));
                assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
                recorders.add(recorder);
            }

            await().until(() -> server.open.get() == 0 && proxy.open.get() == 0);
            await().untilAsserted(() -> assertThat(OpenSockets.since(before)).isZero());
            for (int i = 0; i < ATTEMPTS; i++) {
                assertThat(recorders.get(i).calls.get()).isEqualTo(calls.get(i));
                assertThat(recorders.get(i).closed).isNotDone();
            }
        }
    }

    @Test
    void an_attempt_that_is_cancelled_before_it_begins_is_forgotten() {
        try (NettyTransport transport = new NettyTransport(1)) {
            NettyEventLoop loop = (NettyEventLoop) transport.nextLoop();
            CompletableFuture<Integer> users = new CompletableFuture<>();

            loop.execute(() -> {
                transport
                        .open(loop, TransportOptions.to("mqtt://127.0.0.1:1"), new Recorder(loop))
                        .cancel();
                loop.execute(() -> users.complete(loop.users()));
            });

            assertThat(users).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(0);
        }
    }
}
