package io.godwit.web.browser;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.web.source.BrokerPlan;
import java.util.List;

/** Stands in for the doctor of the command line, which is in another module: the page shows what it says. */
final class PlainDoctor implements BrokerPlan.Doctor {
    static final String ADVICE = "see whether the port is right: MQTT has 1883, with TLS 8883";

    @Override
    public List<String> advice(ConnectFailure failure) {
        return List.of(ADVICE);
    }

    @Override
    public String symptom(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    @Override
    public List<BrokerPlan.Check> examine(boolean publishing) {
        return List.of(
                new BrokerPlan.Check("resolve", "good", "127.0.0.1", List.of(), 1),
                new BrokerPlan.Check("connect", "warning", "slow", List.of("took long"), 900));
    }
}
