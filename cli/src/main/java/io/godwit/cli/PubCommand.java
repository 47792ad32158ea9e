package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.PayloadSource;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Publishes: one message, the same one several times, or a message for each line of standard input. */
@Command(
        name = "pub",
        sortOptions = false,
        description = "Publish messages, with the options of mosquitto_pub.",
        exitCodeList = {"7:a message was not acknowledged", "27:no acknowledgement came in time"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit pub -t home/hall/light -m on",
            "  godwit pub -h mqtts://broker.example:8883 -u me --password-env PW -t a -m hi -q 1",
            "  tail -f log | godwit pub -t log -l        a message for each line",
            "  godwit pub -t home/hall/light -n -r       clear the retained message",
            "  godwit pub -V 5 -t a -m '{}' -D publish content-type application/json"
        })
final class PubCommand extends ClientCommand {
    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            order = -10,
            description = "The topic to publish to.")
    private @Nullable String topic;

    @ArgGroup(multiplicity = "1", order = -9)
    private Source source = new Source();

    /** Where the payload comes from: one of the usual places, or line by line. */
    static final class Source extends PayloadSource {
        @Option(
                names = {"-l", "--stdin-line"},
                description = "Send each line of standard input as a message.")
        private boolean lines;
    }

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -8,
            description = "Quality of service: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = {"-r", "--retain"},
            order = -7,
            description = "The broker keeps the message for later subscribers.")
    private boolean retain;

    @Option(names = "--repeat", paramLabel = "N", order = -6, description = "Publish so many times. [1]")
    private int repeat = 1;

    @Option(
            names = "--repeat-delay",
            paramLabel = "TIME",
            converter = Durations.class,
            order = -5,
            description = "Wait between them: seconds, or 250ms, 2m. [0]")
    private Duration repeatDelay = Duration.ZERO;

    @Option(
            names = {"-M", "--max-inflight"},
            paramLabel = "N",
            description = "Messages of QoS 1 and 2 in flight at most. [1024; 20 at QoS 2 before MQTT 5]")
    private @Nullable Integer inFlight;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long the broker's acknowledgement may take, exit code 27. [30s]")
    private Duration timeout = Duration.ofSeconds(30);

    PubCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        String name = topic != null ? topic : connection().topicOfUrl();
        if (name == null) {
            throw new IllegalArgumentException("no topic is named: -t TOPIC");
        }
        TopicName.check(name);
        Message message = new Message(
                name,
                source.lines ? new byte[0] : source.bytes(),
                qos,
                retain,
                connection().properties(Property.Carrier.PUBLISH));
        int most = inFlight != null
                ? inFlight
                : PublishWindow.inFlight(qos, connection().version());
        MqttClientBuilder builder = builder().maximumInFlight(most).callTimeout(Duration.ofDays(1));
        MqttClient client = builder.build();
        PublishWindow window = new PublishWindow(client);
        try (ShutdownHook interruption = new ShutdownHook(() -> farewell(client))) {
            connect(client);
            publish(window, message);
            window.await(timeout);
        } finally {
            disconnect(client);
        }
        Throwable failed = window.failure();
        if (failed != null) {
            remark("godwit pub: " + Failures.text(failed));
            return Failures.exitCode(failed);
        }
        return ExitCodes.OK;
    }

    private void publish(PublishWindow window, Message message) throws IOException, InterruptedException {
        if (source.lines) {
            publishLines(window, message);
            return;
        }
        for (int i = 0; i < repeat; i++) {
            if (i > 0 && !repeatDelay.isZero()) {
                TimeUnit.NANOSECONDS.sleep(repeatDelay.toNanos());
            }
            window.publish(message);
        }
    }

    private void publishLines(PublishWindow window, Message message) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(System.in, 1 << 16);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b != '\n') {
                line.write(b);
                continue;
            }
            window.publish(with(message, line));
            line.reset();
        }
        if (line.size() > 0) {
            window.publish(with(message, line));
        }
    }

    private static Message with(Message message, ByteArrayOutputStream line) {
        return new Message(message.topic(), line.toByteArray(), message.qos(), message.retain(), message.properties());
    }
}
