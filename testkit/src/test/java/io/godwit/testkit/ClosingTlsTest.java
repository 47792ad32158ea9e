package io.godwit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a broker with TLS that is closed. */
class ClosingTlsTest {
    /** A record of a handshake with 200 bytes, a ClientHello with 196, and the first two of these. */
    private static final String HALF_A_CLIENT_HELLO = "16030100c8" + "010000c4" + "0303";

    private final List<Socket> sockets = new ArrayList<>();
    private TestBroker broker;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        broker = TestBroker.builder()
                .tls(
                        Files.writeString(folder.resolve("broker.pem"), certificate.getCertificatePathPEM()),
                        Files.writeString(folder.resolve("broker.key"), certificate.getPrivateKeyPEM()))
                .start();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        broker.close();
    }

    private Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
        socket.setSoTimeout(5_000);
        sockets.add(socket);
        return socket;
    }

    @RepeatedTest(3)
    void all_connections_end_those_in_the_middle_of_their_handshake_too() throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLSocketFactory factory = trusting.getSocketFactory();
        for (int i = 0; i < 10; i++) {
            SSLSocket secure = (SSLSocket) factory.createSocket(open(), broker.host(), broker.port(), true);
            secure.startHandshake();
            open().getOutputStream().write(HexFormat.of().parseHex(HALF_A_CLIENT_HELLO));
        }

        broker.close();

        for (Socket socket : sockets) {
            assertThat(ended(socket)).isTrue();
        }
    }

    /** Reads to the end of the connection. Fails with a timeout if the broker has left it open. */
    private static boolean ended(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // The rest of the handshake.
            }
            return true;
        } catch (SocketException | SSLException ended) {
            return true;
        }
    }
}
