package io.godwit.cli.options;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a version of MQTT: {@code 31}, {@code 311} or {@code 5}, with mosquitto's long forms and the plain numbers. */
public final class VersionConverter implements ITypeConverter<ProtocolVersion> {
    @Override
    public ProtocolVersion convert(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "31", "3.1", "mqttv31" -> ProtocolVersion.V3_1;
            case "311", "3.1.1", "mqttv311" -> ProtocolVersion.V3_1_1;
            case "5", "5.0", "50", "mqttv5" -> ProtocolVersion.V5;
            default ->
                throw new TypeConversionException(
                        "invalid version '" + text + "': must be 31, 311 or 5 (or mqttv31, mqttv311, mqttv5)");
        };
    }
}
