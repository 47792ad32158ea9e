package io.godwit.cli.shell;

import io.godwit.cli.options.ConnectionOptions;
import io.godwit.cli.output.ConnectionWarnings;
import io.godwit.cli.packets.PacketPrinter;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.transport.netty.SharedTransport;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code connect}: makes a client, connects it and puts it in use. */
@Command(
        name = "connect",
        sortOptions = false,
        description = "Connect a client and make it the current one.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  connect                                 to localhost, under the name c1",
            "  connect boiler -h mqtts://broker.example -V 5 -i boiler-7",
            "  connect -h broker.example -u me --ask-password"
        })
final class ConnectLine implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "The client's name in this shell. [the client identifier, or c1, c2, ...]")
    private @Nullable String name;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    private final ShellContext shell;

    ConnectLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        String id = connection.clientId();
        String called = name != null ? name : id != null ? id : shell.clients().freeName();
        shell.clients().checkFree(called);
        MqttClient mqtt = builder(called).build();
        ShellClient client = new ShellClient(called, mqtt, shell.output());
        mqtt.handle("#", client::arrived); // for messages of a kept session too
        ConnectResult result;
        try {
            result = mqtt.connectAsync().get();
        } catch (ExecutionException | InterruptedException e) {
            mqtt.closeAsync();
            throw e;
        }
        shell.clients().add(client);
        shell.output()
                .done(
                        called,
                        "connected",
                        "connected to " + result.server() + " as '" + result.clientId() + "', MQTT " + mqtt.protocol()
                                + (result.sessionPresent() ? ", session present" : ""));
        return 0;
    }

    private MqttClientBuilder builder(String called) {
        connection.passwordPrompt(shell.password());
        MqttClientBuilder builder = connection.builder(
                connection.isDebug()
                        ? PacketPrinter.tapped(
                                SharedTransport.get(),
                                connection.version(),
                                line -> shell.output().note(called, line),
                                0)
                        : SharedTransport.get());
        return builder.listener(new ConnectionWarnings(
                text -> {
                    if (!connection.isQuiet()) {
                        shell.output().note(called, text);
                    }
                },
                false));
    }
}
