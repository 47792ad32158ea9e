package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.OutputFormat;
import io.godwit.cli.output.PayloadStyle;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Subscribes and prints what comes, until it is enough. */
@Command(
        name = "sub",
        sortOptions = false,
        description = "Subscribe and print messages, with the options of mosquitto_sub.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit sub -t 'home/#' -v                 topic and payload of all that comes",
            "  godwit sub -t 'home/#' -C 1 -W 10         one message, or exit code 27 after 10 s",
            "  godwit sub -t 'home/#' -F '%%I %%t %%p'      time, topic, payload",
            "  godwit sub -t 'home/#' -F %%j | jq .       a JSON line for each message",
            "  godwit sub -t cam/raw --payload hex -v    payloads in hex",
            "  godwit sub -t 'old/#' --remove-retained --retained-only -W 2"
        })
final class SubCommand extends ClientCommand {
    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            order = -30,
            description = "A topic filter to subscribe to; may be repeated.")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -29,
            description = "The highest QoS to receive with: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = {"-v", "--verbose"},
            order = -28,
            description = "Print the topic before the payload.")
    private boolean verbose;

    @Option(
            names = {"-F", "--format"},
            paramLabel = "FORMAT",
            order = -27,
            description = {
                "Print each message so: %%t topic, %%p payload, %%q QoS, %%r retain,",
                "%%l length, %%x hex, %%j JSON, %%I time, @H:@M:@S ... as mosquitto_sub."
            })
    private @Nullable String format;

    @Option(names = "--pretty", order = -26, description = "JSON of %%j and %%J over several lines.")
    private boolean pretty;

    @Option(
            names = "--payload",
            paramLabel = "STYLE",
            order = -25,
            description = "Show payloads as: ${COMPLETION-CANDIDATES}. [${DEFAULT-VALUE}]")
    private PayloadStyle style = PayloadStyle.auto;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            order = -24,
            description = "always, never, or auto: on a terminal. [auto]")
    private String colour = "auto";

    @Option(
            names = {"-N", "--no-eol"},
            order = -23,
            description = "No end of line after a message.")
    private boolean noEndOfLine;

    @Option(
            names = {"-C", "--count"},
            paramLabel = "N",
            order = -22,
            description = "End after so many messages.")
    private long count;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            order = -21,
            description = "End after this time, exit code 27.")
    private @Nullable Duration timeout;

    @Option(
            names = {"-E", "--exit-after-subscribe"},
            order = -20,
            description = "End once the broker has answered the subscriptions.")
    private boolean exitAfterSubscribe;

    @Option(
            names = {"-R", "--no-retained"},
            order = -19,
            description = "Do not print retained messages.")
    private boolean noRetained;

    @Option(
            names = "--retained-only",
            order = -18,
            description = "Print retained messages only; end with the first that is not.")
    private boolean retainedOnly;

    @Option(names = "--remove-retained", order = -17, description = "Clear each retained message that comes.")
    private boolean removeRetained;

    @Option(
            names = {"-T", "--filter-out"},
            paramLabel = "FILTER",
            order = -16,
            description = "Leave out topics that match; may be repeated.")
    private List<String> leftOut = new ArrayList<>();

    @Option(
            names = "--random-filter",
            paramLabel = "PERCENT",
            order = -15,
            description = "Print this share of the messages only. [100]")
    private double share = 100;

    @Option(
            names = {"-U", "--unsubscribe"},
            paramLabel = "FILTER",
            order = -14,
            description = "Unsubscribe from this filter first; may be repeated.")
    private List<String> unsubscribe = new ArrayList<>();

    @Option(names = "--no-local", order = -13, description = "Nothing that this client published, MQTT 5.")
    private boolean noLocal;

    @Option(
            names = "--retain-as-published",
            order = -12,
            description = "Keep the retain flag as the publisher set it, MQTT 5.")
    private boolean retainAsPublished;

    @Option(
            names = "--retain-handling",
            paramLabel = "N",
            order = -11,
            description = "Retained messages: 0 all, 1 if the subscription is new, 2 none, MQTT 5. [0]")
    private int retainHandling;

    SubCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        List<TopicSubscription> subscriptions = subscriptions();
        List<TopicFilter> out = leftOut.stream().map(TopicFilter::of).toList();
        unsubscribe.forEach(TopicFilter::of);
        Boolean colours = switch (colour) {
            case "always" -> Boolean.TRUE;
            case "never" -> Boolean.FALSE;
            case "auto" -> null;
            default -> throw new IllegalArgumentException("--color " + colour + ": always, never or auto");
        };
        MessagePrinter printer = new MessagePrinter(
                terminal().withColours(colours),
                format == null ? null : OutputFormat.parse(format, pretty, ZoneId.systemDefault()),
                style,
                verbose,
                !noEndOfLine);
        Arrivals arrivals = new Arrivals(
                printer,
                new Arrivals.Choice(out, noRetained, retainedOnly, removeRetained, share, count),
                this::remark);

        MqttClientBuilder builder = builder();
        Set<String> declared = new LinkedHashSet<>(List.of("#"));
        subscriptions.forEach(subscription -> declared.add(subscription.filter().text()));
        declared.forEach(filter -> builder.manualHandler(filter, arrivals)); // for messages of a kept session too
        MqttClient client = builder.build();
        arrivals.client(client);
        long start = System.nanoTime();
        try (Interruption interruption = new Interruption(() -> {
            farewell(client);
            remark(arrivals.summary(Duration.ofNanos(System.nanoTime() - start)));
        })) {
            long deadline = timeout == null ? Long.MAX_VALUE : start + timeout.toNanos();
            connectWithin(client, deadline);
            for (String filter : unsubscribe) {
                client.unsubscribeAsync(filter).get();
            }
            CompletableFuture<?>[] answers = subscriptions.stream()
                    .map(subscription -> client.subscribeAsync(subscription, arrivals)
                            .whenComplete((answer, failed) -> {
                                if (failed != null && subscriptions.size() > 1) {
                                    remark("godwit sub: " + Failures.text(Failures.unwrap(failed)));
                                }
                            }))
                    .toArray(CompletableFuture[]::new);
            waitFor(CompletableFuture.allOf(answers), deadline);
            return exitAfterSubscribe ? ExitCodes.OK : waitFor(arrivals.end(), deadline);
        } catch (TimeoutException e) {
            return ExitCodes.TIMEOUT;
        } finally {
            disconnect(client);
        }
    }

    private static void connectWithin(MqttClient client, long deadline) throws Exception {
        try {
            waitFor(client.connectAsync(), deadline);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static <T> T waitFor(CompletableFuture<T> future, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        return deadline == Long.MAX_VALUE
                ? future.get()
                : future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private List<TopicSubscription> subscriptions() {
        List<String> all = new ArrayList<>(filters);
        String inUrl = connection().topicOfUrl();
        if (inUrl != null) {
            all.add(inUrl);
        }
        if (all.isEmpty() && unsubscribe.isEmpty()) {
            throw new IllegalArgumentException("no topic is named: -t FILTER");
        }
        if (!connection().properties(Property.Carrier.SUBSCRIBE).isEmpty()) {
            throw new IllegalArgumentException(
                    "-D subscribe: not supported; subscribe properties are left to the library");
        }
        return all.stream()
                .map(filter -> TopicSubscription.of(filter, qos)
                        .noLocal(noLocal)
                        .retainAsPublished(retainAsPublished)
                        .retainHandling(RetainHandling.of(retainHandling)))
                .toList();
    }
}
