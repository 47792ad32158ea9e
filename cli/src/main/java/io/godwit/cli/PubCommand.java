package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.EncodeOptions;
import io.godwit.cli.options.InFlightOption;
import io.godwit.cli.options.PayloadSource;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.RetainOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.options.TraceContextOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.web.decode.PayloadEncoder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes: one message, the same one several times, or a message for each line of standard input. */
@Command(
        name = "pub",
        sortOptions = false,
        customSynopsis = "godwit pub [OPTIONS] -t TOPIC (-m TEXT | -f FILE | -s | -n | -l)",
        description = "Publish messages, with the options of mosquitto_pub.",
        exitCodeList = {"7:a message was not acknowledged", "27:timed out waiting for an acknowledgement"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit pub -t home/hall/light -m on",
            "  godwit pub -h mqtts://broker.example:8883 -u me --password-env PW -t a -m hi -q 1",
            "  tail -f log | godwit pub -t log -l        a message for each line",
            "  godwit pub -t home/hall/light -n -r       clear the retained message",
            "  godwit pub -t a -m '{\"t\":21}' --encode cbor   JSON as CBOR",
            "  godwit pub -V 5 -t a -m '{}' -D publish content-type application/json"
        })
final class PubCommand extends ClientCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Mixin
    private TopicOption topic = new TopicOption("The topic to publish to.");

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    /** Where the payload comes from: one of the usual places, or line by line. */
    static final class Source extends PayloadSource {
        @Option(
                names = {"-l", "--stdin-line"},
                description = "Send each line of standard input as a message.")
        private boolean lines;
    }

    @Mixin
    private EncodeOptions encode = new EncodeOptions();

    @Mixin
    private QosOption qos = new QosOption("Quality of service: 0, 1 or 2. [0]");

    @Mixin
    private RetainOption retain = new RetainOption("Publish a retained message.");

    @Option(names = "--repeat", paramLabel = "N", description = "Publish N times. [1]")
    private int repeat = 1;

    @Option(
            names = "--repeat-delay",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Wait between them: seconds, or 250ms, 2m. [0]")
    private Duration repeatDelay = Duration.ZERO;

    @Mixin
    private InFlightOption inFlight =
            new InFlightOption("Messages of QoS 1 and 2 in flight at most. [1024; 20 at QoS 2 before MQTT 5]");

    @Mixin
    private TimeoutOption timeout =
            new TimeoutOption("Time limit for the broker's acknowledgement, exit code 27. [30s]");

    @Mixin
    private TraceContextOption trace = new TraceContextOption();

    PubCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        String given = topic.last();
        String name = given != null ? given : connection().topicOfUrl();
        if (name == null) {
            throw new IllegalArgumentException("missing topic: use -t TOPIC");
        }
        TopicName.check(name);
        if (repeat < 1) {
            throw new IllegalArgumentException("--repeat " + repeat + ": must be at least 1");
        }
        Duration limit = timeout.or(TIMEOUT);
        Qos level = qos.or(Qos.AT_MOST_ONCE);
        PayloadEncoder encoder = encode.encoder();
        Message message = new Message(
                name,
                source.lines ? new byte[0] : EncodeOptions.encoded(encoder, source.bytes()),
                level,
                retain.isOn(),
                trace.addTo(
                        connection().properties(Property.Location.PUBLISH),
                        connection().version()));
        int most = inFlight.or(PublishWindow.inFlight(level, connection().version()));
        MqttClientBuilder builder = builder().maximumInFlight(most).callTimeout(Duration.ofDays(1));
        MqttClient client = builder.build();
        PublishWindow window = new PublishWindow(client, limit, guard()::answered);
        try (ShutdownHook interruption = new ShutdownHook(() -> disconnectQuickly(client))) {
            connect(client);
            publish(window, message, encoder);
            window.await();
        } catch (TimeoutException e) {
            hurry();
            throw e;
        } finally {
            disconnect(client);
        }
        Throwable failed = guard().failure() != null ? guard().failure() : window.failure();
        if (failed != null) {
            note("godwit pub: " + Failures.text(failed));
            return Failures.exitCode(failed);
        }
        return ExitCodes.OK;
    }

    private void publish(PublishWindow window, Message message, @Nullable PayloadEncoder encoder)
            throws IOException, InterruptedException, TimeoutException {
        if (source.lines) {
            publishLines(window, message, encoder);
            return;
        }
        for (int i = 0; i < repeat && guard().failure() == null; i++) {
            if (i > 0 && !repeatDelay.isZero()) {
                TimeUnit.NANOSECONDS.sleep(repeatDelay.toNanos());
            }
            window.publish(message);
        }
    }

    private void publishLines(PublishWindow window, Message message, @Nullable PayloadEncoder encoder)
            throws IOException, InterruptedException, TimeoutException {
        InputLines lines = new InputLines(System.in, () -> guard().failure() != null);
        for (List<byte[]> some = lines.next(); !some.isEmpty(); some = lines.next()) {
            for (byte[] line : some) {
                window.publish(with(message, EncodeOptions.encoded(encoder, line)));
            }
        }
    }

    private static Message with(Message message, byte[] payload) {
        return new Message(message.topic(), payload, message.qos(), message.retain(), message.properties());
    }
}
