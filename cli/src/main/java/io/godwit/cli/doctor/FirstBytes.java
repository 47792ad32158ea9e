package io.godwit.cli.doctor;

import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Attempt;
import io.godwit.mqtt.client.transport.Connection;
import io.godwit.mqtt.client.transport.ConnectionListener;
import io.godwit.mqtt.client.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Recognizes a server that is not an MQTT broker: sends CONNECT and looks at the first bytes of the answer. */
final class FirstBytes {
    /** CONNECT of 3.1.1 with an empty identifier and a clean session. */
    private static final byte[] CONNECT = {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0};

    private static final int SHOWN = 32;

    private FirstBytes() {}

    /** In words, such as "an HTTP server"; empty when nothing comes. */
    static String ask(TransportOptions options, Transport transport, Duration limit) throws InterruptedException {
        Listener listener = new Listener();
        Attempt attempt = transport.open(transport.nextLoop(), options, listener);
        try {
            return describe(listener.first.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return "";
        } finally {
            attempt.cancel();
        }
    }

    static String describe(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.startsWith("HTTP/")) {
            return "an HTTP server";
        } else if (text.startsWith("SSH-")) {
            return "an SSH server";
        } else if (text.startsWith("AMQP")) {
            return "an AMQP broker; MQTT uses another port";
        } else if (bytes.length > 1 && bytes[0] == 0x15 && bytes[1] == 3) {
            return "a TLS server";
        } else if (bytes.length == 0) {
            return "";
        }
        StringBuilder shown = new StringBuilder("something that begins with '");
        for (int i = 0; i < Math.min(SHOWN, bytes.length); i++) {
            char c = (char) (bytes[i] & 0xFF);
            shown.append(c >= ' ' && c < 0x7F ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return shown.append("'").toString();
    }

    /** Writes CONNECT and keeps the first bytes that come; all calls come on the loop. */
    private static final class Listener implements ConnectionListener {
        private final CompletableFuture<byte[]> first = new CompletableFuture<>();

        @Override
        public void connected(Connection connection) {
            connection.write(Unpooled.wrappedBuffer(CONNECT));
        }

        @Override
        public void failed(TransportException failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void received(ByteBuf bytes) {
            byte[] copy = new byte[Math.min(64, bytes.readableBytes())];
            bytes.getBytes(bytes.readerIndex(), copy);
            first.complete(copy);
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void closed(@Nullable Throwable cause) {
            first.complete(new byte[0]);
        }
    }
}
