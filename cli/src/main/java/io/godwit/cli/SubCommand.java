package io.godwit.cli;

import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.ExecOptions;
import io.godwit.cli.options.FilterOutOption;
import io.godwit.cli.options.NoRetainedOption;
import io.godwit.cli.options.PrintOptions;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.StatisticsOptions;
import io.godwit.cli.options.SubscriptionOptions;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.cli.statistics.StatisticsSource;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Subscribes and prints what comes, until it is enough. */
@Command(
        name = "sub",
        sortOptions = false,
        customSynopsis = "godwit sub [OPTIONS] -t FILTER [-t FILTER]...",
        description = "Subscribe and print messages, with the options of mosquitto_sub.",
        exitCodeList = {
            "7:the broker did not let a retained message be removed",
            "8:the broker rejected a subscription",
            "27:timed out (-W)",
            "141:standard output was closed by its reader"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit sub -t 'home/#' -v                 topic and payload of each message",
            "  godwit sub -t 'home/#' -C 1 -W 10         one message, or exit code 27 after 10 s",
            "  godwit sub -t 'home/#' -F '%%I %%t %%p'      time, topic, payload",
            "  godwit sub -t 'home/#' -F %%j | jq .       a JSON line for each message",
            "  godwit sub -t cam/raw --payload hex -v    payloads in hex",
            "  godwit sub -t 'plant/#' --decode 'plant/#=cbor'   CBOR as JSON",
            "  godwit sub -t 'home/#' --watch            the latest message of each topic",
            "  godwit sub -t 'job/+' -q 1 --exec ./work.sh --jobs 4",
            "  godwit sub -t 'old/#' --remove-retained --retained-only -W 2"
        })
final class SubCommand extends ClientCommand {
    @Mixin
    private TopicOption topic = new TopicOption("A topic filter to subscribe to; may be repeated.");

    @Mixin
    private QosOption qos = new QosOption("The highest QoS to receive with: 0, 1 or 2. [0]");

    @Mixin
    private PrintOptions print = new PrintOptions();

    @ArgGroup
    private @Nullable Destination destination;

    /** Where messages go instead of standard output. */
    static final class Destination {
        @Option(
                names = "--exec",
                paramLabel = "CMD",
                description = {
                    "Run this command of the shell for each message instead of printing it.",
                    "The payload is its standard input; GODWIT_TOPIC, GODWIT_QOS, GODWIT_RETAIN,",
                    "GODWIT_RESPONSE_TOPIC and GODWIT_CONTENT_TYPE are set."
                })
        private @Nullable String command;

        @Option(names = "--out", paramLabel = "FILE", description = "Append what would be printed to this file.")
        private @Nullable Path file;

        @Option(
                names = {"-w", "--watch"},
                description = "One line for each topic, updated in place. Needs a terminal.")
        private boolean watch;

        @Option(names = "--message-rate", description = "Print how many messages came, each second.")
        private boolean rate;

        @Option(
                names = "--out-dir",
                paramLabel = "DIR",
                description = "Write each payload to a file DIR/LEVEL/LEVEL/+NUMBER instead of printing it.")
        private @Nullable Path folder;
    }

    @Mixin
    private ExecOptions exec = new ExecOptions();

    @Mixin
    private CountOption count = new CountOption("End after N messages.");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("End after this time, exit code 27.");

    @Option(
            names = {"-E", "--exit-after-subscribe"},
            description = "End once the broker has answered the subscriptions.")
    private boolean exitAfterSubscribe;

    @Mixin
    private NoRetainedOption noRetained = new NoRetainedOption("Do not print retained messages.");

    @Option(names = "--retained-only", description = "Print retained messages only; end with the first that is not.")
    private boolean retainedOnly;

    @Option(names = "--remove-retained", description = "Clear each retained message received.")
    private boolean removeRetained;

    @Mixin
    private FilterOutOption filterOut = new FilterOutOption();

    @Option(
            names = "--random-filter",
            paramLabel = "PERCENT",
            description = "Print only this share of the messages. [100]")
    private double share = 100;

    @Option(
            names = {"-U", "--unsubscribe"},
            paramLabel = "FILTER",
            description = "Unsubscribe from this filter; may be repeated.")
    private List<String> unsubscribe = new ArrayList<>();

    @Mixin
    private StatisticsOptions statistics = new StatisticsOptions();

    @Mixin
    private SubscriptionOptions options = new SubscriptionOptions();

    SubCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        List<TopicSubscription> subscriptions = subscriptions();
        long most = count.or(0);
        if (!(share > 0 && share <= 100)) {
            throw new IllegalArgumentException("--random-filter " + share + ": must be above 0 and at most 100");
        }
        if (noRetained.isOn() && retainedOnly) {
            throw new IllegalArgumentException("-R and --retained-only exclude each other");
        }
        unsubscribe.forEach(TopicFilter::of);
        MessageSink sink = sink();
        Arrivals arrivals = new Arrivals(
                sink,
                new Arrivals.Choice(filterOut.filters(), noRetained.isOn(), retainedOnly, removeRetained, share, most),
                this::note);

        MqttClientBuilder builder = builder();
        Set<String> filtersHandled = new LinkedHashSet<>(List.of("#"));
        subscriptions.forEach(
                subscription -> filtersHandled.add(subscription.filter().text()));
        filtersHandled.forEach(filter -> builder.manualHandler(filter, arrivals)); // for messages of a kept session too
        MqttClient client = builder.build();
        arrivals.client(client);
        long start = System.nanoTime();
        try (LiveStatistics live = LiveStatistics.start(statistics, terminal(), StatisticsSource.of(client));
                ShutdownHook interruption = new ShutdownHook(() -> {
                    disconnectQuickly(client);
                    sink.end();
                    note(arrivals.summary(Duration.ofNanos(System.nanoTime() - start)));
                })) {
            long deadline = deadline(timeout.get());
            connectWithin(client, deadline);
            MqttProperties properties = connection().properties(Property.Location.SUBSCRIBE);
            CompletableFuture<?>[] answers = subscriptions.stream()
                    .map(subscription -> client.subscribeAsync(List.of(subscription), properties, declared -> {})
                            .whenComplete((answer, failed) -> {
                                if (failed == null) {
                                    guard().answered();
                                }
                                if (failed != null && subscriptions.size() > 1) {
                                    note("godwit sub: " + Failures.text(Failures.unwrap(failed)));
                                }
                            }))
                    .toArray(CompletableFuture[]::new);
            waitFor(CompletableFuture.allOf(answers), deadline);
            for (String filter : unsubscribe) { // after the subscriptions, as mosquitto_sub does
                waitFor(client.unsubscribeAsync(filter), deadline);
            }
            return exitAfterSubscribe ? ExitCodes.OK : waitFor(arrivals.end(), deadline);
        } catch (TimeoutException e) {
            hurry();
            return ExitCodes.TIMEOUT;
        } finally {
            sink.end();
            disconnect(client);
        }
    }

    private MessageSink sink() throws IOException {
        if (destination == null) {
            return MessageSink.printing(print.printer(terminal(), this::note), this::note);
        }
        if (destination.rate) {
            return new RateSink(terminal());
        }
        if (destination.watch) {
            if (!terminal().outIsTerminal()) {
                throw new IllegalArgumentException("--watch draws, and standard output is not a terminal");
            }
            return new WatchSink(terminal(), print.verbosePrinter(terminal(), this::note), this::note);
        }
        if (destination.file != null) {
            return new FileSink(destination.file, terminal(), print);
        }
        String command = destination.command;
        if (command != null) {
            return MessageSink.executing(new MessageProcess(command, exec.timeout()), exec.jobs(), this::note);
        }
        return MessageSink.writing(Objects.requireNonNull(destination.folder), this::note);
    }

    private List<TopicSubscription> subscriptions() {
        List<String> all = new ArrayList<>(topic.all());
        String inUrl = connection().topicOfUrl();
        if (inUrl != null) {
            all.add(inUrl);
        }
        if (all.isEmpty() && unsubscribe.isEmpty()) {
            throw new IllegalArgumentException("missing topic filter: use -t FILTER");
        }
        return all.stream()
                .map(filter -> options.to(filter, qos.or(Qos.AT_MOST_ONCE)))
                .toList();
    }
}
