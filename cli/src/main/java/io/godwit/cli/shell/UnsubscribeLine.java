package io.godwit.cli.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            completionCandidates = Filters.class,
            description = "The same.")
    private List<String> topics = new ArrayList<>();

    @Option(names = "--all", description = "All that the client in use is subscribed to.")
    private boolean all;

    private final ShellContext shell;

    UnsubscribeLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ShellClient client = shell.clients().current();
        filters.addAll(topics);
        if (all) {
            client.subscriptions().forEach(each -> filters.add(each.filter().text()));
        } else if (filters.isEmpty()) {
            throw new IllegalArgumentException("no topic is named: unsubscribe FILTER, or --all");
        }
        for (String filter : filters) {
            ShellContext.await(client.mqtt().unsubscribeAsync(filter), PATIENCE, "UNSUBACK");
            client.unsubscribed(filter);
            shell.output().done(client.name(), "unsubscribed", "unsubscribed from " + filter);
        }
        return 0;
    }
}
