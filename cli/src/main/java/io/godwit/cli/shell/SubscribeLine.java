package io.godwit.cli.shell;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code subscribe}: the broker's messages for some filters show from now on. */
@Command(
        name = "subscribe",
        aliases = "sub",
        sortOptions = false,
        description = {"Subscribe to topic filters.", "Messages show as they come, above the line that you type."},
        footerHeading = "%nExamples:%n",
        footer = {"  subscribe home/# -q 1", "  sub -t 'home/+/light' -t '$SYS/broker/uptime'"})
final class SubscribeLine implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "FILTER", description = "Topic filters.")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            description = "The same, as sub outside of the shell has it.")
    private List<String> topics = new ArrayList<>();

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            description = "The highest QoS to receive with: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(names = "--no-local", description = "Nothing that this client published, MQTT 5.")
    private boolean noLocal;

    @Option(names = "--retain-as-published", description = "Keep the retain flag as the publisher set it, MQTT 5.")
    private boolean retainAsPublished;

    @Option(
            names = "--retain-handling",
            paramLabel = "N",
            description = "Retained messages: 0 all, 1 if the subscription is new, 2 none, MQTT 5. [0]")
    private int retainHandling;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long the broker's answer may take. [30s]")
    private Duration timeout = Duration.ofSeconds(30);

    private final ShellContext shell;

    SubscribeLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        filters.addAll(topics);
        if (filters.isEmpty()) {
            throw new IllegalArgumentException("no topic is named: subscribe FILTER");
        }
        List<TopicSubscription> subscriptions = filters.stream()
                .map(filter -> TopicSubscription.of(filter, qos)
                        .noLocal(noLocal)
                        .retainAsPublished(retainAsPublished)
                        .retainHandling(RetainHandling.of(retainHandling)))
                .toList();
        for (TopicSubscription asked : subscriptions) {
            Subscription made =
                    ShellContext.await(client.mqtt().subscribeAsync(asked, client::arrived), timeout, "SUBACK");
            client.subscribed(asked);
            shell.output()
                    .done(
                            client.name(),
                            "subscribed",
                            "subscribed to " + asked.filter() + ", QoS "
                                    + made.grantedQos().level());
        }
        return 0;
    }
}
