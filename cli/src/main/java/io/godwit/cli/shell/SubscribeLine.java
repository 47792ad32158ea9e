package io.godwit.cli.shell;

import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.SubscriptionOptions;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code subscribe}: the broker's messages for some filters show from now on. */
@Command(
        name = "subscribe",
        aliases = "sub",
        sortOptions = false,
        description = {"Subscribe to topic filters.", "Messages appear above the input line as they arrive."},
        footerHeading = "%nExamples:%n",
        footer = {"  subscribe home/# -q 1", "  sub -t 'home/+/light' -t '$SYS/broker/uptime'"})
final class SubscribeLine implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "FILTER", description = "Topic filters.")
    private List<String> filters = new ArrayList<>();

    @Mixin
    private TopicOption topic = new TopicOption("The same, as sub outside of the shell has it.");

    @Mixin
    private QosOption qos = new QosOption("The highest QoS to receive with: 0, 1 or 2. [0]");

    @Mixin
    private SubscriptionOptions options = new SubscriptionOptions();

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("Time limit for the broker's answer. [30s]");

    private final ShellContext shell;

    SubscribeLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        filters.addAll(topic.all());
        if (filters.isEmpty()) {
            throw new IllegalArgumentException("missing topic filter: subscribe FILTER");
        }
        List<TopicSubscription> subscriptions = filters.stream()
                .map(filter -> options.to(filter, qos.or(Qos.AT_MOST_ONCE)))
                .toList();
        for (TopicSubscription asked : subscriptions) {
            Subscription made = ShellContext.await(
                    client.mqtt().subscribeAsync(asked, client::arrived), timeout.or(ShellContext.TIMEOUT), "SUBACK");
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
