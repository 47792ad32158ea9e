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
            paramLabel = "N",
            completionCandidates = Candidates.ZeroToTwo.class,
            description = "Retained messages: 0 all, 1 if the subscription is new, 2 none, MQTT 5. [0]")
    private int retainHandling;

    /**
     * A subscription with these options.
     *
     * @throws IllegalArgumentException if the filter or --retain-handling is invalid
     */
    public TopicSubscription to(String filter, Qos qos) {
        if (retainHandling < 0 || retainHandling > 2) {
            throw new IllegalArgumentException("--retain-handling " + retainHandling + ": must be 0, 1 or 2");
        }
        return TopicSubscription.of(filter, qos)
                .withNoLocal(noLocal)
                .withRetainAsPublished(retainAsPublished)
                .withRetainHandling(RetainHandling.of(retainHandling));
    }
}
