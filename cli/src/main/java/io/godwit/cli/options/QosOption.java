package io.godwit.cli.options;

import io.godwit.mqtt.protocol.Qos;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -q}: a quality of service. */
public final class QosOption extends SharedOption {
    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            completionCandidates = Candidates.ZeroToTwo.class,
            converter = QosConverter.class)
    private @Nullable Qos qos;

    public QosOption(String description) {
        super(description);
    }

    /** The QoS that was given, or null. */
    public @Nullable Qos get() {
        return qos;
    }

    /** The QoS that was given, or this one. */
    public Qos or(Qos usual) {
        return qos != null ? qos : usual;
    }
}
