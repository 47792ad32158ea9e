package io.godwit.cli.doctor;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.web.source.BrokerPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Explains to {@code godwit web} why a connection fails, in the words of {@code godwit doctor}. */
public final class ConnectionDoctor implements BrokerPlan.Doctor {
    private final Transport transport;
    private final Doctor.Request request;

    public ConnectionDoctor(Transport transport, Doctor.Request request) {
        this.transport = transport;
        this.request = request;
    }

    @Override
    public List<String> advice(ConnectFailure failure) {
        return failure.exception() instanceof TransportException blocked
                ? Advice.about(blocked, request.options(), null)
                : Advice.about(failure, request.options().servers().get(0), false, request.hasUser());
    }

    @Override
    public String symptom(Throwable failure) {
        return Advice.symptom(failure);
    }

    @Override
    public List<BrokerPlan.Check> examine(boolean publishing) throws InterruptedException {
        Report report = new Report(request.options().servers().get(0), finding -> {});
        new Doctor(transport, report, request).examine(publishing);
        Diagnosis diagnosis = report.diagnosis();
        List<BrokerPlan.Check> checks = new ArrayList<>();
        for (Finding finding : report.findings()) {
            List<String> details = new ArrayList<>(finding.details());
            if (diagnosis != null && finding.status() == Status.FAILED && finding.step() == diagnosis.step()) {
                details.addAll(diagnosis.advice());
            }
            long millis = finding.time() == null ? 0 : finding.time().toMillis();
            checks.add(new BrokerPlan.Check(
                    finding.step().name().toLowerCase(Locale.ROOT),
                    finding.status().label(),
                    finding.text(),
                    details,
                    millis));
        }
        return checks;
    }
}
