package io.godwit.cli;

import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.NoRetainedOption;
import io.godwit.cli.options.PayloadSource;
import io.godwit.cli.options.PrintOptions;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.ResponseTopicOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.options.TraceContextOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.UnprintableException;
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
import java.util.Locale;
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
            "8:the broker rejected a subscription",
            "27:timed out",
            "141:standard output was closed by its reader"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit request -t lamp/get -m ''                     the first response",
            "  godwit request -t lamp/get -e lamp/answers -m '' -v",
            "  godwit request -t all/ping -n -C 5 -W 2              up to five responses within 2 s"
        })
final class RequestCommand extends ClientCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Mixin
    private TopicOption topic = new TopicOption("The topic of the request.");

    @Mixin
    private ResponseTopicOption responseTopic = new ResponseTopicOption("The response topic. [generated]");

    @ArgGroup(multiplicity = "1")
    private PayloadSource source = new PayloadSource();

    @Mixin
    private QosOption qos = new QosOption("Quality of service of both: 0, 1 or 2. [0]");

    @Mixin
    private CountOption count = new CountOption("End after N responses. [1]");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("Time limit for everything, exit code 27. [10s]");

    @Option(names = "--latency", description = "Print the time from the request to each response on standard error.")
    private boolean latency;

    @Mixin
    private NoRetainedOption noRetained = new NoRetainedOption("Ignore retained messages.");

    @Mixin
    private PrintOptions print = new PrintOptions();

    @Mixin
    private TraceContextOption trace = new TraceContextOption();

    RequestCommand(Terminal terminal) {
        super(terminal);
        connection().usualVersion(ProtocolVersion.V5);
    }

    @Override
    public Integer call() throws Exception {
        String given = topic.last();
        String name = given != null ? given : connection().topicOfUrl();
        if (name == null) {
            throw new IllegalArgumentException("missing topic: use -t TOPIC");
        }
        String id = UUID.randomUUID().toString().substring(0, 13);
        boolean tells = connection().version() == ProtocolVersion.V5;
        String asked = responseTopic.get();
        String answers = asked != null ? asked : ResponseTopics.response(name, id);
        TopicName.check(answers);
        Qos level = qos.or(Qos.AT_MOST_ONCE);
        Message request = new Message(
                tells || asked != null ? name : ResponseTopics.request(name, id),
                source.bytes(),
                level,
                false,
                trace.addTo(
                        connection().properties(Property.Location.PUBLISH),
                        connection().version()));
        TopicName.check(request.topic());
        if (tells) {
            request = request.withResponseTopic(answers);
            request = request.correlationData() != null
                    ? request
                    : request.withCorrelationData(id.getBytes(StandardCharsets.US_ASCII));
        }
        Responses responses =
                new Responses(print.printer(terminal(), this::note), request.correlationData(), count.or(1));
        MqttClient client = builder().build();
        Duration limit = timeout.or(TIMEOUT);
        long deadline = deadline(limit);
        try (ShutdownHook interruption = new ShutdownHook(() -> disconnectQuickly(client))) {
            connectWithin(client, deadline);
            waitFor(
                    client.subscribeAsync(
                            List.of(TopicSubscription.of(answers, level)),
                            connection().properties(Property.Location.SUBSCRIBE),
                            responses::received),
                    deadline);
            responses.sentAt = System.nanoTime();
            PublishResult sent = waitFor(client.publishAsync(request), deadline);
            if (sent.reason() == ReasonCode.NO_MATCHING_SUBSCRIBERS) {
                note("godwit request: there is no subscriber for '" + request.topic() + "'");
            }
            return waitFor(responses.end, deadline);
        } catch (TimeoutException e) {
            hurry();
            note("godwit request: " + responses.missing() + " on '" + answers + "' within " + time(limit));
            return ExitCodes.TIMEOUT;
        } finally {
            disconnect(client);
        }
    }

    /** Prints what answers the request. */
    private final class Responses {
        private final MessagePrinter printer;
        private final byte @Nullable [] correlation;
        private final long wanted;
        private final CompletableFuture<Integer> end = new CompletableFuture<>();

        /** Of {@link System#nanoTime}. Set before the request is sent. */
        private volatile long sentAt;

        // Handler thread only, but for what is missing.
        private volatile int printed;

        Responses(MessagePrinter printer, byte @Nullable [] correlation, long wanted) {
            this.wanted = wanted;
            this.printer = printer;
            this.correlation = correlation;
        }

        String missing() {
            return printed == 0 ? "no response" : printed + " of " + wanted + " responses";
        }

        void received(Message message) {
            if (end.isDone() || noRetained.isOn() && message.retain() || !isMine(message)) {
                return;
            }
            long took = System.nanoTime() - sentAt;
            try {
                if (!printer.print(message)) {
                    end.complete(ExitCodes.OUTPUT_CLOSED);
                }
            } catch (UnprintableException e) {
                note("godwit request: " + e.getMessage());
            }
            printed = printed + 1;
            if (latency) {
                note(String.format(Locale.ROOT, "latency %.3f ms", took / 1e6));
            }
            if (printed >= wanted) {
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
