package io.godwit.cli.doctor;

import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.client.net.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What has been found at one server so far. Passes each finding on at once; the first failure is the diagnosis. */
public final class Report {
    private final ServerAddress server;
    private final Consumer<Finding> listener;
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable Diagnosis diagnosis;

    public Report(ServerAddress server, Consumer<Finding> listener) {
        this.server = server;
        this.listener = listener;
    }

    void add(Finding finding) {
        findings.add(finding);
        listener.accept(finding);
    }

    /** A step failed; the first one is the diagnosis. */
    void fail(Finding finding, Diagnosis why) {
        add(finding);
        if (diagnosis == null) {
            diagnosis = why;
        }
    }

    /** Something on a working connection does not work. */
    void fault(Finding finding, String... advice) {
        fail(finding, new Diagnosis(finding.step(), ExitCodes.CHECK_FAILED, finding.text(), List.of(advice)));
    }

    public ServerAddress server() {
        return server;
    }

    public List<Finding> findings() {
        return findings;
    }

    /** The first failure; null when everything works. */
    public @Nullable Diagnosis diagnosis() {
        return diagnosis;
    }
}
