package io.godwit.cli.options;

import io.godwit.mqtt.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -V}: the version of MQTT. */
public final class VersionOption extends SharedOption {
    @Option(
            order = 1,
            names = {"-V", "--protocol-version", "--mqtt-version"},
            paramLabel = "VERSION",
            completionCandidates = Candidates.Versions.class,
            converter = VersionConverter.class)
    private @Nullable ProtocolVersion version;

    public VersionOption(String description) {
        super(description);
    }

    /** The version that was given, or null. */
    public @Nullable ProtocolVersion get() {
        return version;
    }
}
