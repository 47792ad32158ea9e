package io.godwit.mqtt.client.transport.netty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.EventLoop;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Proxies")
class ProxyTest {

    private final NettyTransport transport = new NettyTransport(1);
    private final EventLoop loop = transport.nextLoop();
    private final Recorder recorder = new Recorder(loop);

    /** What the proxies were asked for. */
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        transport.close();
    }

    /** A name that only the proxy knows, so that a test fails when the client resolves it. */
    private TransportOptions options(EchoServer server, String proxy) {
        return TransportOptions.to("mqtt://only.the.proxy.knows:" + server.port()).toBuilder()
                .proxy(ProxyServer.parse(proxy))
                .resolver(host -> {
                    if (!host.equals("proxy.example")) {
                        throw new UnknownHostException(host);
                    }
                    return List.of(InetAddress.getByName("127.0.0.1"));
                })
                .build();
    }

    static EchoServer httpProxy(String credentials, List<String> asked) {
        return new EchoServer(socket -> {
            String head = head(socket);
            asked.add(head.substring(0, head.indexOf("\r\n")));
            String basic = "basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
            if (!credentials.isEmpty() && !head.toLowerCase().contains(basic.toLowerCase())) {
                socket.getOutputStream()
                        .write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(UTF_8));
                return;
            }
            int port = Integer.parseInt(head.substring(head.indexOf(':') + 1, head.indexOf(" HTTP")));
            try (Socket target = new Socket("127.0.0.1", port)) {
                socket.getOutputStream().write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(UTF_8));
                pump(socket, target);
            } catch (IOException e) {
                socket.getOutputStream().write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
            }
        });
    }

    private static String head(Socket socket) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException();
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    private EchoServer socksProxy(String credentials) {
        return new EchoServer(socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            int version = in.read();
            int port;
            if (version == 4) {
                in.read();
                port = in.readUnsignedShort();
                in.readInt();
                String user = zeroEnded(in);
                asked.add("socks4 " + user + " " + zeroEnded(in));
                out.write(new byte[] {0, 0x5a, 0, 0, 0, 0, 0, 0});
            } else {
                byte[] methods = in.readNBytes(in.read());
                int wanted = credentials.isEmpty() ? 0 : 2;
                boolean offered = false;
                for (byte each : methods) {
                    offered |= each == wanted;
                }
                out.write(new byte[] {5, (byte) (offered ? wanted : 0xff)});
                if (!offered) {
                    in.read();
                    return;
                }
                if (wanted == 2) {
                    in.read();
                    String user = new String(in.readNBytes(in.read()), UTF_8);
                    String password = new String(in.readNBytes(in.read()), UTF_8);
                    boolean right = (user + ":" + password).equals(credentials);
                    out.write(new byte[] {1, (byte) (right ? 0 : 1)});
                    if (!right) {
                        in.read();
                        return;
                    }
                }
                in.readNBytes(4);
                asked.add("socks5 " + new String(in.readNBytes(in.read()), UTF_8));
                port = in.readUnsignedShort();
                out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            }
            try (Socket target = new Socket("127.0.0.1", port)) {
                pump(socket, target);
            }
        });
    }

    private static String zeroEnded(DataInputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int b = in.read(); b > 0; b = in.read()) {
            text.append((char) b);
        }
        return text.toString();
    }

    private static void pump(Socket client, Socket target) throws IOException {
        Thread back = new Thread(() -> {
            try {
                target.getInputStream().transferTo(client.getOutputStream());
                client.shutdownOutput();
            } catch (IOException e) {
                return; // the other direction ends too
            }
        });
        back.setDaemon(true);
        back.start();
        client.getInputStream().transferTo(target.getOutputStream());
        target.shutdownOutput();
    }

    @Test
    void http_connect() {
        try (EchoServer server = EchoServer.echo();
                EchoServer proxy = httpProxy("", asked)) {
            transport.open(loop, options(server, "http://proxy.example:" + proxy.port()), recorder);
            recorder.send("through");

            recorder.awaitText("through");
            assertThat(asked).containsExactly("CONNECT only.the.proxy.knows:" + server.port() + " HTTP/1.1");
        }
    }

    @Test
    void http_connect_with_credentials() {
        try (EchoServer server = EchoServer.echo();
                EchoServer proxy = httpProxy("user:pass", asked)) {
            transport.open(loop, options(server, "http://user:pass@proxy.example:" + proxy.port()), recorder);
            recorder.send("through");
            recorder.awaitText("through");

            Recorder without = new Recorder(loop);
            transport.open(loop, options(server, "http://proxy.example:" + proxy.port()), without);
            assertThat(without.failure().phase()).isEqualTo(ConnectPhase.PROXY);
            assertThat(without.failure()).hasMessageContaining("it requires credentials");

            Recorder wrong = new Recorder(loop);
            transport.open(loop, options(server, "http://user:SECRET@proxy.example:" + proxy.port()), wrong);
            assertThat(wrong.failure())
                    .hasMessageContaining("rejected the user and password")
                    .hasMessageNotContaining("SECRET");
        }
    }

    @Test
    void socks5() {
        try (EchoServer server = EchoServer.echo();
                EchoServer proxy = socksProxy("")) {
            transport.open(loop, options(server, "socks5://proxy.example:" + proxy.port()), recorder);
            recorder.send("through");

            recorder.awaitText("through");
            assertThat(asked).containsExactly("socks5 only.the.proxy.knows");
        }
    }

    @Test
    void socks5_with_credentials() {
        try (EchoServer server = EchoServer.echo();
                EchoServer proxy = socksProxy("user:pass")) {
            transport.open(loop, options(server, "socks5://user:pass@proxy.example:" + proxy.port()), recorder);
            recorder.send("through");
            recorder.awaitText("through");

            Recorder without = new Recorder(loop);
            transport.open(loop, options(server, "socks5://proxy.example:" + proxy.port()), without);
            assertThat(without.failure()).hasMessageContaining("it requires credentials");

            Recorder wrong = new Recorder(loop);
            transport.open(loop, options(server, "socks5://user:no@proxy.example:" + proxy.port()), wrong);
            assertThat(wrong.failure()).hasMessageContaining("rejected the user and password");
        }
    }

    @Test
    void socks4() {
        try (EchoServer server = EchoServer.echo();
                EchoServer proxy = socksProxy("")) {
            transport.open(loop, options(server, "socks4://me@proxy.example:" + proxy.port()), recorder);
            recorder.send("through");

            recorder.awaitText("through");
            assertThat(asked).containsExactly("socks4 me only.the.proxy.knows");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    @DisplayName("TLS and WebSocket behind a proxy: the certificate is that of the server")
    void tls_and_web_socket_behind_it(String kind) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=only.the.proxy.knows")
                .addSanDnsName("only.the.proxy.knows")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        try (EchoServer server = TlsTest.server(
                        certificate,
                        socket -> new WebSocketServer(socket).accept().echo());
                EchoServer proxy = kind.equals("http") ? httpProxy("", asked) : socksProxy("")) {
            TransportOptions options = options(server, kind + "://proxy.example:" + proxy.port()).toBuilder()
                    .servers("wss://only.the.proxy.knows:" + server.port())
                    .tls(Tls.builder().ca(certificate.getCertificatePEM()).build())
                    .build();
            transport.open(loop, options, recorder);
            recorder.send("all the way");

            recorder.awaitText("all the way");
            recorder.connection().close(true);
            assertThat(recorder.end()).isNull();
        }
    }

    @Test
    void the_proxy_cannot_reach_the_server() throws IOException {
        int dead;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            dead = socket.getLocalPort();
        }
        try (EchoServer proxy = httpProxy("", asked)) {
            TransportOptions options = TransportOptions.to("mqtt://localhost:" + dead).toBuilder()
                    .proxy(ProxyServer.parse("http://127.0.0.1:" + proxy.port()))
                    .build();
            transport.open(loop, options, recorder);

            assertThat(recorder.failure()).hasMessageContaining("could not reach the server itself");
        }
    }

    /** As Netty writes them: addresses first. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http, none, /127.0.0.1:40713 => localhost/<unresolved>:5020, status: 502 Bad Gateway       | could not reach
            http, none, /127.0.0.1:5021 => forbidden.example:1883, status: 407 Authentication Required | requires credentials
            http, none, /127.0.0.1:8080 => localhost:40700, status: 403 Forbidden                      | does not allow this target
            socks5, none, /127.0.0.1:40713 => localhost:5030, status: HOST_UNREACHABLE                 | could not reach
            socks5, password, /127.0.0.1:1080 => localhost:1883, authStatus: FAILURE                   | requires credentials
            http, none, /127.0.0.1:5040 => localhost:40799, disconnected                               | is it a HTTP proxy?
            """)
    void a_number_in_an_address_is_no_status(String message, String expected) {
        String failure = Proxies.failure(
                ProxyServer.parse("http://127.0.0.1:40713"),
                ServerAddress.parse("mqtt://localhost:5020"),
                new IOException(message));

        assertThat(failure).contains(expected);
    }

    @Test
    void the_proxy_is_not_there() throws IOException {
        int dead;
        try (ServerSocket socket = EchoServer.bind("127.0.0.1")) {
            dead = socket.getLocalPort();
        }
        TransportOptions options = TransportOptions.to("mqtt://localhost").toBuilder()
                .proxy(ProxyServer.parse("socks5://127.0.0.1:" + dead))
                .build();
        transport.open(loop, options, recorder);

        TransportException failure = recorder.failure();
        assertThat(failure.phase()).isEqualTo(ConnectPhase.PROXY);
        assertThat(failure)
                .hasMessageContaining("cannot reach the proxy socks5://127.0.0.1:" + dead)
                .hasMessageContaining("refused");
    }

    @Test
    void the_proxy_is_silent() {
        CountDownLatch hold = new CountDownLatch(1);
        try (EchoServer proxy = new EchoServer(socket -> hold.await())) {
            TransportOptions options = TransportOptions.to("mqtt://localhost").toBuilder()
                    .proxy(ProxyServer.parse("http://127.0.0.1:" + proxy.port()))
                    .handshakeTimeout(Duration.ofMillis(200))
                    .build();
            transport.open(loop, options, recorder);

            assertThat(recorder.failure().phase()).isEqualTo(ConnectPhase.PROXY);
            assertThat(recorder.failure().isTimeout()).isTrue();
            hold.countDown();
            await().until(() -> proxy.open.get() == 0);
        }
    }

    @Test
    @DisplayName("the JDK's proxy selector is asked on request")
    void proxy_selector() {
        List<URI> uris = new CopyOnWriteArrayList<>();
        ProxySelector before = ProxySelector.getDefault();
        try (EchoServer server = EchoServer.echo();
                EchoServer proxy = socksProxy("")) {
            ProxySelector.setDefault(new ProxySelector() {
                @Override
                public List<Proxy> select(URI uri) {
                    if (uri.getHost().equals("127.0.0.1")) {
                        return List.of(Proxy.NO_PROXY); // the sockets of this test
                    }
                    uris.add(uri);
                    return List.of(new Proxy(
                            Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("proxy.example", proxy.port())));
                }

                @Override
                public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
            });
            TransportOptions options = options(server, "http://unused").toBuilder()
                    .proxy(null)
                    .systemProxy(true)
                    .build();
            transport.open(loop, options, recorder);
            recorder.send("through");

            recorder.awaitText("through");
            assertThat(uris).containsExactly(URI.create("socket://only.the.proxy.knows:" + server.port() + "/"));
        } finally {
            ProxySelector.setDefault(before);
        }
    }
}
