package io.godwit.nodemcu.lua;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An HTTP server that answers everything with 200 and keeps the raw request lines with their X-From header. */
final class RecordingServer implements AutoCloseable {

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    RecordingServer() throws IOException {
        Thread thread = new Thread(this::serve, "recording-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Waits for that many requests. */
    List<String> await(int count) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        while (seen.size() < count) {
            String request = requests.poll(20, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("only these requests arrived: " + seen);
            }
            seen.add(request);
        }
        return seen;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket peer = socket.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.ISO_8859_1));
                String line = in.readLine();
                if (line == null) {
                    continue;
                }
                String request = line.substring(0, line.lastIndexOf(' '));
                int length = 0;
                for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                    if (header.regionMatches(true, 0, "X-From:", 0, 7)) {
                        request += " X-From: " + header.substring(7).trim();
                    }
                    if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                        length = Integer.parseInt(header.substring(15).trim());
                    }
                }
                for (int i = 0; i < length; i++) {
                    in.read();
                }
                peer.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nX-Kind: test\r\nContent-Length: 6\r\nConnection: close\r\n\r\nanswer"
                                .getBytes(StandardCharsets.US_ASCII));
                requests.add(request);
            } catch (IOException e) {
                // The peer went away, or the test is over.
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
