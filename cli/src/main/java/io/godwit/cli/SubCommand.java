package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.PrintOptions;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Subscribes and prints what comes, until it is enough. */
@Command(
        name = "sub",
        sortOptions = false,
        description = "Subscribe and print messages, with the options of mosquitto_sub.",
        exitCodeList = {
            "8:the broker refused a subscription",
            "27:time ran out (-W)",
            "141:the reader of standard output has gone"
        },
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

    @Mixin
    private PrintOptions print = new PrintOptions();

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
        Arrivals arrivals = new Arrivals(
                print.printer(terminal()),
                new Arrivals.Choice(out, noRetained, retainedOnly, removeRetained, share, count),
                this::remark);

        MqttClientBuilder builder = builder();
        Set<String> filtersHandled = new LinkedHashSet<>(List.of("#"));
        subscriptions.forEach(
                subscription -> filtersHandled.add(subscription.filter().text()));
        filtersHandled.forEach(filter -> builder.manualHandler(filter, arrivals)); // for messages of a kept session too
        MqttClient client = builder.build();
        arrivals.client(client);
        long start = System.nanoTime();
        try (ShutdownHook interruption = new ShutdownHook(() -> {
            farewell(client);
            remark(arrivals.summary(Duration.ofNanos(System.nanoTime() - start)));
        })) {
            long deadline = timeout == null ? Long.MAX_VALUE : start + timeout.toNanos();
            connectWithin(client, deadline);
            for (String filter : unsubscribe) {
                client.unsubscribeAsync(filter).get();
            }
            MqttProperties properties = connection().properties(Property.Carrier.SUBSCRIBE);
            CompletableFuture<?>[] answers = subscriptions.stream()
                    .map(subscription -> client.subscribeAsync(List.of(subscription), properties, declared -> {})
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

    private List<TopicSubscription> subscriptions() {
        List<String> all = new ArrayList<>(filters);
        String inUrl = connection().topicOfUrl();
        if (inUrl != null) {
            all.add(inUrl);
        }
        if (all.isEmpty() && unsubscribe.isEmpty()) {
            throw new IllegalArgumentException("no topic is named: -t FILTER");
        }
        return all.stream()
                .map(filter -> TopicSubscription.of(filter, qos)
                        .noLocal(noLocal)
                        .retainAsPublished(retainAsPublished)
                        .retainHandling(RetainHandling.of(retainHandling)))
                .toList();
    }
}
