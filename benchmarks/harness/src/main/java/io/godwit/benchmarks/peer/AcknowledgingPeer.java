package io.godwit.benchmarks.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The program at the other end of every throughput run. It does what a broker must do on the wire and nothing else:
 * it looks at packet headers, never at payloads, answers in bulk, and sends floods from bytes made beforehand. It
 * keeps no session and routes nothing, so that what is measured is the client.
 *
 * <p>It listens on three ports, printed as one line {@code ports BULK MANY WEB}. BULK gives each connection a thread that
 * reads and writes large blocks. MANY serves all its connections from one thread with a selector, for the scenarios
 * that open thousands. WEB is BULK for WebSockets. With a key store BULK and MANY speak
 * TLS; MANY then has a thread for each connection too, with small buffers.
 *
 * <p>Arguments: the counters' file, and for TLS a PKCS#12 file (password {@code benchmark}). It ends when its standard
 * input ends, so it never outlives whoever started it.
 */
public final class AcknowledgingPeer {

    /** Of a key that is made for one run on this machine and thrown away: it protects nothing. */
    public static final String KEY_STORE_PASSWORD = "benchmark";

    private static final int BACKLOG = 8192;
    private static final int EIGHT_DAYS = 8 * 24 * 60 * 60;

    /** Bytes of the buffer to read into: for throughput, and for thousands of connections that say little. */
    private static final int LARGE = 1 << 20;

    private static final int SMALL = 1 << 12;

    private final Counters counters;

    private AcknowledgingPeer(Counters counters) {
        this.counters = counters;
    }

    public static void main(String[] args) throws Exception {
        AcknowledgingPeer peer = new AcknowledgingPeer(Counters.at(Path.of(args[0])));
        SSLContext context = args.length > 1 ? tls(Path.of(args[1])) : null;
        int bulk = context != null ? peer.listenTls(context, LARGE) : peer.listen(ByteChannelPair::over);
        int many =
                context != null ? peer.listenTls(context, SMALL) : new ManyConnections(peer.counters, BACKLOG).start();
        int web = peer.listen(WebSocketPair::accept);
        System.out.println("ports " + bulk + " " + many + " " + web);
        while (System.in.read() >= 0) {
            // nothing is expected; the end of the input is the order to stop
        }
        System.exit(0);
    }

    private int listen(Accept accept) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(0), BACKLOG);
        daemon("accept", () -> {
            while (true) {
                SocketChannel channel = server.accept();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                serve(() -> accept.over(channel), LARGE);
            }
        });
        return server.socket().getLocalPort();
    }

    private int listenTls(SSLContext context, int buffer) throws IOException {
        ServerSocket server = context.getServerSocketFactory().createServerSocket(0, BACKLOG);
        daemon("accept-tls", () -> {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                serve(() -> ByteChannelPair.over(socket), buffer);
            }
        });
        return server.getLocalPort();
    }

    private static SSLContext tls(Path keyStoreFile) throws IOException, GeneralSecurityException {
        char[] password = KEY_STORE_PASSWORD.toCharArray();
        KeyStore keyStore = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(keyStoreFile)) {
            keyStore.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        // A session that is valid for more than the seven days that TLS 1.3 allows gets no ticket, so it cannot be
        // resumed:
        // each handshake is a full one, whatever a library does by default.
        context.getServerSessionContext().setSessionTimeout(EIGHT_DAYS);
        return context;
    }

    /** What is done when a connection is accepted, a handshake for example, is done on its own thread. */
    private void serve(Opening opening, int buffer) {
        daemon("connection", () -> {
            try (ByteChannelPair channels = opening.open()) {
                new BulkConnection(channels, counters, buffer).run();
            }
        });
    }

    private static void daemon(String name, Body body) {
        Thread thread = new Thread(
                () -> {
                    @Nullable Exception failure = body.runCatching();
                    // A contender that is done just goes away, which is normal.
                    if (failure != null && !(failure instanceof SocketException) && !isEndOfStream(failure)) {
                        failure.printStackTrace();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static boolean isEndOfStream(Exception failure) {
        return failure instanceof IOException && !(failure instanceof ProtocolViolation);
    }

    private interface Accept {
        ByteChannelPair over(SocketChannel channel) throws IOException;
    }

    private interface Opening {
        ByteChannelPair open() throws IOException;
    }

    private interface Body {
        void run() throws Exception;

        default @Nullable Exception runCatching() {
            try {
                run();
                return null;
            } catch (Exception e) {
                return e;
            }
        }
    }
}
