package io.godwit.cli.shell;

import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code request}: sends a request of MQTT 5 and shows the response. */
@Command(
        name = "request",
        sortOptions = false,
        description = "Publish a request and show its response, MQTT 5.",
        footerHeading = "%nExamples:%n",
        footer = {"  request boiler/7/ask temperature", "  request -t boiler/7/ask -m temperature -W 5"})
final class RequestLine implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Mixin
    private MessageArguments arguments = new MessageArguments();

    @Mixin
    private QosOption qos = new QosOption("QoS of the request: 0, 1 or 2. [1]");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("Time limit for the response. [10s]");

    private final ShellContext shell;

    RequestLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        if (client.mqtt().protocol() != ProtocolVersion.V5) {
            throw new IllegalArgumentException(
                    "requests need MQTT 5, older versions carry no response topic: connect with -V 5");
        }
        Message request = arguments.message(qos.or(Qos.AT_LEAST_ONCE), false);
        TopicName.check(request.topic());
        CompletableFuture<Message> response = client.mqtt().requestAsync(request);
        try {
            shell.output().message(client.name(), ShellContext.await(response, timeout.or(TIMEOUT), "the response"));
        } catch (InterruptedException | TimeoutException e) {
            response.cancel(false);
            throw e;
        }
        return 0;
    }
}
