package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the embedded broker until it is interrupted: for development, not for production. */
@Command(
        name = "broker",
        sortOptions = false,
        description = "Run a broker for trying: all versions, in memory, gone when it ends.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit broker                        on 127.0.0.1:1883",
            "  godwit broker --port 0 -v            on a free port, telling what happens",
            "  godwit broker --ws /mqtt --port 8080 MQTT over WebSocket"
        })
final class BrokerCommand implements Callable<Integer> {
    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "The port; 0: a free one, which is printed. [1883]")
    private int port = 1883;

    @Option(
            names = {"-h", "--host"},
            paramLabel = "ADDRESS",
            description = "The address to listen on. [127.0.0.1]")
    private String host = "127.0.0.1";

    @Option(names = "--ws", paramLabel = "PATH", description = "Speak MQTT over WebSocket at this path.")
    private @Nullable String webSocketPath;

    @Option(names = "--cert", paramLabel = "FILE", description = "Speak TLS with this certificate chain, PEM.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The private key for --cert, PEM.")
    private @Nullable Path key;

    @Option(
            names = {"-u", "--username"},
            paramLabel = "NAME",
            description = "Only this user may connect, with --password-env.")
    private @Nullable String user;

    @Option(
            names = "--password-env",
            paramLabel = "VAR",
            description = "The environment variable that holds the password.")
    private @Nullable String passwordVariable;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell who connects, subscribes and publishes.")
    private boolean verbose;

    private final Terminal terminal;

    BrokerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("--cert and --key go together");
        }
        AtomicLong messages = new AtomicLong();
        MqttBroker.Builder builder = MqttBroker.builder()
                .host(host)
                .port(port)
                .listener(verbose ? new Teller(messages) : new Counter(messages));
        if (webSocketPath != null) {
            builder.webSocket(webSocketPath);
        }
        if (certificate != null && key != null) {
            builder.tls(certificate, key);
        }
        if (user != null) {
            String password = passwordVariable == null ? null : System.getenv(passwordVariable);
            if (password == null) {
                throw new IllegalArgumentException(
                        "-u needs the password in an environment variable: --password-env VAR, and VAR exported");
            }
            builder.credentials(user, password);
        }
        try (MqttBroker broker = builder.start();
                ShutdownHook interruption =
                        new ShutdownHook(() -> terminal.remark("ended; " + messages + " messages passed"))) {
            terminal.line("listening on " + broker.uri() + " (Ctrl-C ends it)");
            new CountDownLatch(1).await();
        }
        return ExitCodes.OK;
    }

    /** Counts, and says nothing. */
    private static class Counter implements BrokerListener {
        private final AtomicLong messages;

        Counter(AtomicLong messages) {
            this.messages = messages;
        }

        @Override
        public void published(@Nullable String clientId, Message message) {
            messages.incrementAndGet();
        }
    }

    /** Tells each event in a line. */
    private final class Teller extends Counter {
        Teller(AtomicLong messages) {
            super(messages);
        }

        @Override
        public void connected(String clientId, Connect connect, boolean sessionPresent) {
            terminal.line("'" + clientId + "' connected, MQTT " + connect.version()
                    + (sessionPresent ? ", its session was there" : ""));
        }

        @Override
        public void disconnected(String clientId, String why) {
            terminal.line("'" + clientId + "' is gone: " + why);
        }

        @Override
        public void published(@Nullable String clientId, Message message) {
            super.published(clientId, message);
            terminal.line((clientId == null ? "the broker" : "'" + clientId + "'") + " published " + message);
        }

        @Override
        public void subscribed(String clientId, TopicSubscription subscription) {
            terminal.line("'" + clientId + "' subscribed to '" + subscription.filter() + "', QoS "
                    + subscription.maximumQos().level());
        }

        @Override
        public void unsubscribed(String clientId, String filter) {
            terminal.line("'" + clientId + "' unsubscribed from '" + filter + "'");
        }

        @Override
        public void violation(String clientId, String what) {
            terminal.line("'" + clientId + "' broke the standard: " + what);
        }
    }
}
