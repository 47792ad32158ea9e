package io.godwit.cli;

import io.godwit.cli.options.HostOption;
import io.godwit.cli.options.KeyPairOptions;
import io.godwit.cli.options.LoginOptions;
import io.godwit.cli.options.PortOption;
import io.godwit.cli.options.VerboseOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the embedded broker until it is interrupted: for development, not for production. */
@Command(
        name = "broker",
        sortOptions = false,
        description = "Run a broker for experiments: all versions of MQTT, in memory only.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit broker                         on 127.0.0.1:1883",
            "  godwit broker --port 0 -v             on a free port, logging what happens",
            "  godwit broker --ws /mqtt --port 8080  MQTT over WebSocket"
        })
final class BrokerCommand implements Callable<Integer> {
    @Mixin
    private PortOption port = new PortOption("The port; 0: a free one, which is printed. [1883]");

    @Mixin
    private HostOption host = new HostOption("The address to listen on. [127.0.0.1]");

    @Option(names = "--ws", paramLabel = "PATH", description = "Speak MQTT over WebSocket at this path.")
    private @Nullable String webSocketPath;

    @Mixin
    private KeyPairOptions keyPair = new KeyPairOptions();

    @Mixin
    private LoginOptions login = new LoginOptions();

    @Mixin
    private VerboseOption verbose = new VerboseOption("Log who connects, subscribes and publishes.");

    private final Terminal terminal;

    BrokerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if ((keyPair.certificate() == null) != (keyPair.key() == null)) {
            throw new IllegalArgumentException("--cert and --key go together");
        }
        AtomicLong messages = new AtomicLong();
        String address = host.last();
        Integer number = port.get();
        MqttBroker.Builder builder = MqttBroker.builder()
                .host(address == null ? "127.0.0.1" : address)
                .port(number == null ? 1883 : number)
                .listener(verbose.isOn() ? new Teller(messages) : new Counter(messages));
        if (webSocketPath != null) {
            builder.webSocket(webSocketPath);
        }
        Path certificate = keyPair.certificate();
        Path key = keyPair.key();
        if (certificate != null && key != null) {
            builder.tls(certificate, key);
        }
        String user = login.user();
        String password = login.password();
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException("a user needs a password and a password a user:"
                    + " -u NAME with --password-env VAR or --password-file FILE");
        }
        if (user != null && password != null) {
            builder.credentials(user, password);
        }
        try (MqttBroker broker = builder.start();
                ShutdownHook interruption =
                        new ShutdownHook(() -> terminal.note("stopped after " + messages + " messages"))) {
            terminal.line("listening on " + broker.uri() + " (Ctrl-C ends it)");
            broker.closed().get();
        } catch (ExecutionException ended) {
            throw new IllegalStateException("the broker has ended: " + ended.getCause(), ended);
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
                    + (sessionPresent ? ", session present" : ""));
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
        public void limited(String clientId, String what) {
            terminal.line("'" + clientId + "' reached a limit: " + what);
        }

        @Override
        public void violation(String clientId, String what) {
            terminal.line("'" + clientId + "' broke the standard: " + what);
        }
    }
}
