package io.godwit.cli.shell;

import io.godwit.cli.options.EncodeOptions;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.RetainOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code publish}: sends a message and waits for its acknowledgement. */
@Command(
        name = "publish",
        aliases = "pub",
        sortOptions = false,
        description = "Publish a message and wait for the acknowledgement.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  publish home/hall/light on -q 1",
            "  pub -t home/hall -m '{\"on\": true}' -r",
            "  pub -t a -m '{\"t\":21}' --encode cbor     JSON as CBOR",
            "  pub -r home/hall                        an empty message clears the retained one"
        })
final class PublishLine implements Callable<Integer> {
    @Mixin
    private MessageArguments arguments = new MessageArguments();

    @Mixin
    private QosOption qos = new QosOption("Quality of service: 0, 1 or 2. [0]");

    @Mixin
    private RetainOption retain = new RetainOption("Publish a retained message.");

    @Mixin
    private EncodeOptions encode = new EncodeOptions();

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("Time limit for the broker's acknowledgement. [30s]");

    private final ShellContext shell;

    PublishLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        Message given = arguments.message(qos.or(Qos.AT_MOST_ONCE), retain.isOn());
        byte[] payload = EncodeOptions.encoded(encode.encoder(), given.payload());
        Message message = new Message(given.topic(), payload, given.qos(), given.retain(), given.properties());
        TopicName.check(message.topic());
        if (!message.properties().isEmpty() && client.mqtt().protocol() != ProtocolVersion.V5) {
            throw new IllegalArgumentException("-D needs MQTT 5: connect with -V 5");
        }
        ShellContext.await(
                client.mqtt().publishAsync(message), timeout.or(ShellContext.TIMEOUT), "the acknowledgement");
        return 0;
    }
}
