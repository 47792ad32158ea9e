package io.godwit.cli.doctor;

import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.client.net.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What has been found at one server so far. Tells each finding as it comes; the first break is the diagnosis. */
public final class Report {
    private final ServerAddress server;
    private final Consumer<Finding> told;
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable Diagnosis diagnosis;

    public Report(ServerAddress server, Consumer<Finding> told) {
        this.server = server;
        this.told = told;
    }

    void add(Finding finding) {
        findings.add(finding);
        told.accept(finding);
    }

    /** The road breaks here. */
    void breaks(Finding finding, Diagnosis why) {
        add(finding);
        if (diagnosis == null) {
            diagnosis = why;
        }
    }

    /** Something on a working connection does not work. */
    void fault(Finding finding, String... advice) {
        breaks(
                finding,
                new Diagnosis(finding.station(), ExitCodes.CHECK_FAILED, null, finding.text(), List.of(advice)));
    }

    public ServerAddress server() {
        return server;
    }

    public List<Finding> findings() {
        return findings;
    }

    /** The first break; null when there is none. */
    public @Nullable Diagnosis diagnosis() {
        return diagnosis;
    }
}
