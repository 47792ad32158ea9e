package io.godwit.cli.options;

import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.RetainHandling;
import io.godwit.mqtt.protocol.TopicSubscription;
import picocli.CommandLine.Option;

/** Subscription options [MQTT 5, 3.8.3.1] beside the QoS. */
public final class SubscriptionOptions {
    @Option(names = "--no-local", description = "Do not receive this client's own messages, MQTT 5.")
    private boolean noLocal;

    @Option(names = "--retain-as-published", description = "Keep the retain flag as the publisher set it, MQTT 5.")
    private boolean retainAsPublished;

    @Option(
            names = "--retain-handling",
            paramLabel = "HANDLING",
            completionCandidates = Candidates.RetainHandlings.class,
            description =
                    "Send retained messages always, if the subscription is new, or never; also 0, 1, 2. MQTT 5. [always]")
    private String retainHandling = "always";

    /**
     * A subscription with these options.
     *
     * @throws IllegalArgumentException if the filter or --retain-handling is invalid
     */
    public TopicSubscription to(String filter, Qos qos) {
        int handling = switch (retainHandling) {
            case "always", "0" -> 0;
            case "new", "1" -> 1;
            case "never", "2" -> 2;
            default ->
                throw new IllegalArgumentException(
                        "--retain-handling " + retainHandling + ": must be always, new or never");
        };
        return TopicSubscription.of(filter, qos)
                .withNoLocal(noLocal)
                .withRetainAsPublished(retainAsPublished)
                .withRetainHandling(RetainHandling.of(handling));
    }
}
