package io.godwit.web.source;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How to watch a broker.
 *
 * @param name for people
 * @param address without credentials
 * @param user who it connects as, or null
 * @param filters to subscribe to
 * @param qos the highest to receive with
 * @param versions to try, in this order; the next one when the broker does not speak one
 * @param builder makes the client's builder for a version, with everything else that the user has said
 * @param doctor explains failures
 */
public record BrokerPlan(
        String name,
        String address,
        @Nullable String user,
        List<String> filters,
        Qos qos,
        List<ProtocolVersion> versions,
        Function<ProtocolVersion, MqttClientBuilder> builder,
        Doctor doctor) {

    /** Explains why a connection fails. */
    public interface Doctor {
        /** One line for each thing to try, the likeliest first. */
        List<String> advice(ConnectFailure failure);

        /** What went wrong, without the library's own advice. */
        String symptom(Throwable failure);

        /**
         * Examines the connection step by step; takes some seconds.
         *
         * @param publishing whether it may publish, below topics of its own
         */
        List<Check> examine(boolean publishing) throws InterruptedException;
    }

    /** A step of an examination. */
    public record Check(String step, String status, String text, List<String> details, long millis) {}
}
