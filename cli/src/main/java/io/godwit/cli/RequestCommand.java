package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.PayloadSource;
import io.godwit.cli.options.PrintOptions;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.OutputFormat;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes a request and prints the response, or the first few. */
@Command(
        name = "request",
        sortOptions = false,
        customSynopsis = "godwit request [OPTIONS] -t TOPIC (-m TEXT | -f FILE | -s | -n)",
        description = {
            "Publish a request and print its response, with the options of mosquitto_rr.",
            "With MQTT 3 and without -e, the request goes to TOPIC/request/ID and the response comes to TOPIC/response/ID."
        },
        exitCodeList = {
            "7:a message was not acknowledged",
            "8:the broker refused a subscription",
            "27:time ran out",
            "141:the reader of standard output has gone"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit request -t lamp/get -m ''                     the first response",
            "  godwit request -t lamp/get -e lamp/answers -m '' -v",
            "  godwit request -t all/ping -n -C 5 -W 2              up to five responses within 2 s"
        })
final class RequestCommand extends ClientCommand {
    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            order = -40,
            description = "The topic of the request.")
    private @Nullable String topic;

    @Option(
            names = {"-e", "--response-topic"},
            paramLabel = "TOPIC",
            order = -39,
            description = "Where the response shall come. [made up]")
    private @Nullable String responseTopic;

    @ArgGroup(multiplicity = "1", order = -38)
    private PayloadSource source = new PayloadSource();

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -37,
            description = "Quality of service of both: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = {"-C", "--count"},
            paramLabel = "N",
            order = -36,
            description = "End after so many responses. [1]")
    private int count = 1;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            order = -35,
            description = "How long all of it may take, exit code 27. [10s]")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = {"-R", "--no-retained"},
            order = -34,
            description = "A retained message is no response.")
    private boolean noRetained;

    @Mixin
    private PrintOptions print = new PrintOptions();

    RequestCommand(Terminal terminal) {
        super(terminal);
        connection().usualVersion(ProtocolVersion.V5);
    }

    @Override
    public Integer call() throws Exception {
        String name = topic != null ? topic : connection().topicOfUrl();
        if (name == null) {
            throw new IllegalArgumentException("no topic is named: -t TOPIC");
        }
        String id = UUID.randomUUID().toString().substring(0, 13);
        boolean tells = connection().version() == ProtocolVersion.V5;
        String answers = responseTopic != null ? responseTopic : ResponseTopics.response(name, id);
        TopicName.check(answers);
        Message request = new Message(
                tells || responseTopic != null ? name : ResponseTopics.request(name, id),
                source.bytes(),
                qos,
                false,
                connection().properties(Property.Carrier.PUBLISH));
        TopicName.check(request.topic());
        if (tells) {
            request = request.withResponseTopic(answers);
            request = request.correlationData() != null
                    ? request
                    : request.withCorrelationData(id.getBytes(StandardCharsets.US_ASCII));
        }
        Responses responses = new Responses(print.printer(terminal()), request.correlationData());
        MqttClient client = builder().build();
        long deadline = deadline(timeout);
        try (ShutdownHook interruption = new ShutdownHook(() -> farewell(client))) {
            connectWithin(client, deadline);
            waitFor(
                    client.subscribeAsync(
                            List.of(TopicSubscription.of(answers, qos)),
                            connection().properties(Property.Carrier.SUBSCRIBE),
                            responses::received),
                    deadline);
            PublishResult sent = waitFor(client.publishAsync(request), deadline);
            if (sent.reason() == ReasonCode.NO_MATCHING_SUBSCRIBERS) {
                remark("godwit request: nobody is subscribed to '" + request.topic() + "'");
            }
            return waitFor(responses.end, deadline);
        } catch (TimeoutException e) {
            remark("godwit request: " + responses.missing() + " on '" + answers + "' within " + time(timeout));
            return ExitCodes.TIMEOUT;
        } finally {
            disconnect(client);
        }
    }

    /** Prints what answers the request. */
    private final class Responses {
        private final MessagePrinter printer;
        private final byte @Nullable [] correlation;
        private final CompletableFuture<Integer> end = new CompletableFuture<>();

        // Handler thread only, but for what is missing.
        private volatile int printed;

        Responses(MessagePrinter printer, byte @Nullable [] correlation) {
            this.printer = printer;
            this.correlation = correlation;
        }

        String missing() {
            return printed == 0 ? "no response came" : printed + " of " + count + " responses came";
        }

        void received(Message message) {
            if (end.isDone() || noRetained && message.retain() || !isMine(message)) {
                return;
            }
            try {
                if (!printer.print(message)) {
                    end.complete(ExitCodes.OUTPUT_CLOSED);
                }
            } catch (OutputFormat.NotJsonException e) {
                remark("godwit request: " + e.getMessage());
            }
            printed = printed + 1;
            if (printed >= count) {
                end.complete(ExitCodes.OK);
            }
        }

        /** Others may use the same response topic; a response that does not say to what it belongs may be meant. */
        private boolean isMine(Message message) {
            byte[] said = message.correlationData();
            return correlation == null || said == null || Arrays.equals(said, correlation);
        }
    }
}
