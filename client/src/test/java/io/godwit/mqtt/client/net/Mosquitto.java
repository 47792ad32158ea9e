package io.godwit.mqtt.client.net;

import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.interop.RealProxy;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real Mosquitto with a listener for each road: plain, TLS, mutual TLS, WebSocket, the same over TLS, unix socket. */
final class Mosquitto implements AutoCloseable {

    final X509Bundle authority;
    final int tcp = freePort();
    final int tls = freePort();
    final int mutual = freePort();
    final int ws = freePort();
    final int wss = freePort();
    final Path unix;
    private final Path folder;
    private Process process;

    Mosquitto(Path folder) throws Exception {
        this.folder = folder;
        unix = folder.resolve("mqtt.sock");
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=Mosquitto Test Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle server = new CertificateBuilder()
                .ecp256()
                .subject("CN=broker")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        Files.writeString(folder.resolve("server.pem"), server.getCertificatePathPEM());
        Files.writeString(folder.resolve("server.key"), server.getPrivateKeyPEM());
        String certificates =
                "cafile " + folder + "/ca.pem\ncertfile " + folder + "/server.pem\nkeyfile " + folder + "/server.key\n";
        Files.writeString(
                folder.resolve("mosquitto.conf"),
                "per_listener_settings false\nallow_anonymous true\nuser root\nlog_dest file " + folder + "/log\n"
                        + "listener " + tcp + " 127.0.0.1\n"
                        + "listener " + tls + " 127.0.0.1\n" + certificates
                        + "listener " + mutual + " 127.0.0.1\n" + certificates
                        + "require_certificate true\nuse_identity_as_username true\n"
                        + "listener " + ws + " 127.0.0.1\nsocket_domain ipv4\nprotocol websockets\n"
                        + "listener " + wss + " 127.0.0.1\nsocket_domain ipv4\nprotocol websockets\n" + certificates
                        + "listener 0 " + unix + "\n");
        start();
    }

    X509Bundle client(String name) throws Exception {
        return new CertificateBuilder().ecp256().subject("CN=" + name).buildIssuedBy(authority);
    }

    void start() throws IOException {
        process = new ProcessBuilder(program("mosquitto").toString(), "-c", folder + "/mosquitto.conf")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        await().until(() -> answers(wss) && answers(tcp) && answers(mutual));
    }

    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Override
    public void close() {
        stop();
    }

    /** The program, or the test is skipped with its name. */
    static Path program(String name) {
        return Path.of(RealProxy.program(name));
    }

    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
