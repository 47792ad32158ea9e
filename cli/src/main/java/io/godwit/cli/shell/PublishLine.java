package io.godwit.cli.shell;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code publish}: sends a message and waits for its acknowledgement. */
@Command(
        name = "publish",
        aliases = "pub",
        sortOptions = false,
        description = "Publish a message and wait until the broker has it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  publish home/hall/light on -q 1",
            "  pub -t home/hall -m '{\"on\": true}' -r",
            "  pub -r home/hall                        an empty message clears the retained one"
        })
final class PublishLine implements Callable<Integer> {
    @Mixin
    private MessageArguments arguments = new MessageArguments();

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            description = "Quality of service: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = {"-r", "--retain"},
            description = "The broker keeps the message for later subscribers.")
    private boolean retain;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long the broker's acknowledgement may take. [30s]")
    private Duration timeout = Duration.ofSeconds(30);

    private final ShellContext shell;

    PublishLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        Message message = arguments.message(qos, retain);
        TopicName.check(message.topic());
        if (!message.properties().isEmpty() && client.mqtt().protocol() != ProtocolVersion.V5) {
            throw new IllegalArgumentException("-D is for MQTT 5 only: connect with -V 5");
        }
        ShellContext.await(client.mqtt().publishAsync(message), timeout, "the acknowledgement");
        return 0;
    }
}
