package io.godwit.cli.options;

import io.godwit.cli.tracing.TraceContext;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import picocli.CommandLine.Option;

/** {@code --trace-context}: messages continue the trace that the program which calls the command is part of. */
public final class TraceContextOption {
    @Option(
            names = "--trace-context",
            description = "Send the trace context of $TRACEPARENT and $TRACESTATE as user properties of MQTT 5.")
    private boolean on;

    /**
     * The properties of a message, with the trace context if it was asked for and there is one.
     *
     * @throws IllegalArgumentException if {@code $TRACEPARENT} is not valid, or MQTT 5 is not spoken
     */
    public MqttProperties addTo(MqttProperties properties, ProtocolVersion version) {
        if (!on) {
            return properties;
        }
        if (version != ProtocolVersion.V5) {
            throw new IllegalArgumentException("--trace-context needs MQTT 5: add -V 5");
        }
        TraceContext context = TraceContext.of(System::getenv);
        return context == null ? properties : context.addTo(properties);
    }
}
