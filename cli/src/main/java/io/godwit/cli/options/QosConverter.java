package io.godwit.cli.options;

import io.godwit.mqtt.protocol.Qos;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a quality of service: 0, 1 or 2. */
public final class QosConverter implements ITypeConverter<Qos> {
    @Override
    public Qos convert(String text) {
        return switch (text) {
            case "0" -> Qos.AT_MOST_ONCE;
            case "1" -> Qos.AT_LEAST_ONCE;
            case "2" -> Qos.EXACTLY_ONCE;
            default -> throw new TypeConversionException("invalid QoS '" + text + "': must be 0, 1 or 2");
        };
    }
}
