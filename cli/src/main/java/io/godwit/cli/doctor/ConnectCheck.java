package io.godwit.cli.doctor;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Connects in each version of MQTT, and chooses the one to go on with. */
final class ConnectCheck {
    /** If all fail, whose failure is reported: nearly every broker speaks 3.1.1. */
    private static final List<ProtocolVersion> MOST_TELLING =
            List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V3_1, ProtocolVersion.V5);

    private final TransportOptions options;
    private final Clients clients;
    private final Report report;
    private final @Nullable ProtocolVersion wanted;
    private final boolean hasUser;
    private final UnknownPeer peer;
    private final Map<ProtocolVersion, Outcome> outcomes = new EnumMap<>(ProtocolVersion.class);

    /**
     * The outcome for one version.
     *
     * @param result null when it failed or was not tried
     * @param failure null when it was accepted or not tried
     */
    private record Outcome(
            @Nullable ConnectResult result, @Nullable MqttConnectException failure, String text, long nanos) {}

    /** Finds out what listens there when it does not answer like a broker. */
    interface UnknownPeer {
        /** What it is, in words; empty when that cannot be told. */
        String who() throws InterruptedException;

        boolean speaksTls() throws InterruptedException;
    }

    /**
     * @param wanted the version that has to work; null when any will do
     * @param hasUser whether CONNECT names a user
     */
    ConnectCheck(
            TransportOptions options,
            Clients clients,
            Report report,
            @Nullable ProtocolVersion wanted,
            boolean hasUser,
            UnknownPeer peer) {
        this.options = options;
        this.clients = clients;
        this.report = report;
        this.wanted = wanted;
        this.hasUser = hasUser;
        this.peer = peer;
    }

    /**
     * Tries them all.
     *
     * @return the version for the later checks, the latest unless one was asked for; null when none works
     */
    @Nullable
    ProtocolVersion connect() throws InterruptedException {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            outcomes.put(version, attempt(version));
        }
        ProtocolVersion chosen = null;
        for (ProtocolVersion version : ProtocolVersion.values()) {
            boolean eligible = wanted == null || wanted == version;
            if (eligible && outcome(version).result() != null) {
                chosen = version;
            }
        }
        ProtocolVersion telling = chosen == null ? mostTelling() : null;
        for (ProtocolVersion version : ProtocolVersion.values()) {
            if (version == telling) {
                fail(version);
            } else {
                report.add(finding(version, chosen != null));
            }
        }
        return chosen;
    }

    /** What CONNACK of this version said; only for the chosen version. */
    ConnectResult result(ProtocolVersion version) {
        ConnectResult result = outcome(version).result();
        if (result == null) {
            throw new IllegalStateException("MQTT " + version + " was not accepted");
        }
        return result;
    }

    private Outcome attempt(ProtocolVersion version) throws InterruptedException {
        MqttClient client;
        try {
            client = clients.build(version, builder -> builder);
        } catch (IllegalArgumentException e) {
            return new Outcome(null, null, "not tried: " + e.getMessage(), 0);
        }
        long start = System.nanoTime();
        try {
            ConnectResult result = client.connectAsync().get(); // ends within the transport's and CONNACK's time limits
            return new Outcome(result, null, "accepted", System.nanoTime() - start);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof MqttConnectException e)) {
                return new Outcome(null, null, Advice.symptom(failed), System.nanoTime() - start);
            }
            return new Outcome(null, e, Advice.symptom(e), System.nanoTime() - start);
        } finally {
            clients.close();
        }
    }

    private Outcome outcome(ProtocolVersion version) {
        Outcome outcome = outcomes.get(version);
        if (outcome == null) {
            throw new IllegalStateException("MQTT " + version + " was not tried");
        }
        return outcome;
    }

    private Finding finding(ProtocolVersion version, boolean another) {
        Outcome outcome = outcome(version);
        Status status = outcome.result() != null
                ? Status.GOOD
                : outcome.failure() == null ? Status.SKIPPED : another ? Status.WARNING : Status.FAILED;
        Finding finding = Finding.of(CheckStep.CONNECT, status, "MQTT " + version + ": " + outcome.text())
                .fact("version", version.toString())
                .fact("accepted", outcome.result() != null);
        if (outcome.failure() != null) {
            finding = finding.fact("reason", reason(outcome.failure().failure()));
        }
        return outcome.nanos() == 0 ? finding : finding.took(outcome.nanos());
    }

    /** The broker's reason code if it gave one, else the library's reason. */
    private static String reason(ConnectFailure failure) {
        ReasonCode code = failure.reasonCode();
        return (code != null ? code.name() : failure.reason().name()).toLowerCase(Locale.ROOT);
    }

    /** The version whose failure is the diagnosis. */
    private ProtocolVersion mostTelling() {
        if (wanted != null && outcome(wanted).failure() != null) {
            return wanted;
        }
        for (ProtocolVersion version : MOST_TELLING) {
            MqttConnectException failure = outcome(version).failure();
            if (failure != null && failure.failure().reasonCode() != ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
                return version;
            }
        }
        return ProtocolVersion.V3_1_1;
    }

    private void fail(ProtocolVersion version) throws InterruptedException {
        Finding finding = finding(version, false);
        MqttConnectException thrown = outcome(version).failure();
        if (thrown == null) {
            report.fault(Finding.failed(CheckStep.CONNECT, finding.text()), "choose another -V or -i");
            return;
        }
        ConnectFailure failure = thrown.failure();
        if (thrown.getCause() instanceof TransportException blocked) {
            // The transport worked a moment ago; or, with TLS 1.3, the server has now rejected our certificate.
            CheckStep step = TransportCheck.stepOf(blocked.phase());
            Finding late = Finding.failed(step, Advice.symptom(blocked))
                    .took(outcome(version).nanos());
            report.fail(
                    late,
                    new Diagnosis(step, ExitCodes.UNREACHABLE, late.text(), Advice.about(blocked, options, null)));
            return;
        }
        boolean answers = failure.reason() == FailureReason.NOT_MQTT;
        boolean silent = failure.reason() == FailureReason.TIMEOUT || failure.reason() == FailureReason.CLOSED;
        String who = answers ? peer.who() : "";
        if (!who.isEmpty()) {
            finding = finding.detail("what answers there is " + who).fact("answers", who);
        }
        boolean speaksTls = (answers || silent) && peer.speaksTls();
        report.fail(
                finding,
                new Diagnosis(
                        CheckStep.CONNECT,
                        Failures.exitCode(failure),
                        finding.text(),
                        Advice.about(failure, report.server(), speaksTls, hasUser)));
    }
}
