package io.godwit.cli.shell;

import io.godwit.cli.options.AllOption;
import io.godwit.cli.options.TopicOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unsubscribe}: no more messages for a filter. */
@Command(
        name = "unsubscribe",
        aliases = "unsub",
        description = "Unsubscribe from filters, or from all.",
        footerHeading = "%nExamples:%n",
        footer = {"  unsubscribe home/#", "  unsub --all"})
final class UnsubscribeLine implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Parameters(
            arity = "0..*",
            paramLabel = "FILTER",
            completionCandidates = Filters.class,
            description = "Topic filters.")
    private List<String> filters = new ArrayList<>();

    @Mixin
    private TopicOption topic = new TopicOption("The same.");

    @Mixin
    private AllOption all = new AllOption("All subscriptions of the current client.");

    private final ShellContext shell;

    UnsubscribeLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        filters.addAll(topic.all());
        if (all.isOn()) {
            client.subscriptions().forEach(each -> filters.add(each.filter().text()));
        } else if (filters.isEmpty()) {
            throw new IllegalArgumentException("missing topic filter: unsubscribe FILTER, or --all");
        }
        for (String filter : filters) {
            ShellContext.await(client.mqtt().unsubscribeAsync(filter), PATIENCE, "UNSUBACK");
            client.unsubscribed(filter);
            shell.output().done(client.name(), "unsubscribed", "unsubscribed from " + filter);
        }
        return 0;
    }
}
