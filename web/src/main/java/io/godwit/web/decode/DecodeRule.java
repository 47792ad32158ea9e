package io.godwit.web.decode;

import io.godwit.mqtt.protocol.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which decoder the payloads of topics get.
 *
 * @param type the message type, with {@link DecoderKind#PROTOBUF}; the name of the schema of plain payloads, with {@link
 *     DecoderKind#AVRO}, or null if they all say which they have; else null
 * @param descriptors the name of the descriptor set that has the type; null: any
 */
public record DecodeRule(
        TopicFilter filter,
        DecoderKind decoder,
        @Nullable String type,
        @Nullable String descriptors) {
    private static final String AVRO_FILE = "=avro:";

    public DecodeRule {
        if (decoder == DecoderKind.PROTOBUF && type == null) {
            throw new IllegalArgumentException("a rule for protobuf needs a message type: '" + filter + "'");
        }
        if (type != null && decoder != DecoderKind.PROTOBUF && decoder != DecoderKind.AVRO) {
            throw new IllegalArgumentException("only rules for protobuf and avro have a type: '" + filter + "'");
        }
    }

    public static DecodeRule of(String filter, DecoderKind decoder) {
        return new DecodeRule(TopicFilter.of(filter), decoder, null, null);
    }

    /**
     * Reads {@code FILTER=DECODER}, {@code FILTER=protobuf:TYPE} or {@code FILTER=avro:SCHEMA}.
     *
     * @throws IllegalArgumentException if it is of neither form
     */
    public static DecodeRule parse(String text) {
        int avro = text.indexOf(AVRO_FILE); // whose name may have any character
        int equals = avro < 0 ? text.lastIndexOf('=') : avro;
        if (equals < 1) {
            throw new IllegalArgumentException("invalid rule '" + text
                    + "': use FILTER=DECODER, such as 'plant/#=cbor' or 'a/+=protobuf:pkg.Type'");
        }
        TopicFilter filter = TopicFilter.of(text.substring(0, equals));
        String named = text.substring(equals + 1);
        int colon = named.indexOf(':');
        return colon < 0
                ? new DecodeRule(filter, DecoderKind.of(named), null, null)
                : new DecodeRule(filter, DecoderKind.of(named.substring(0, colon)), named.substring(colon + 1), null);
    }

    /** The rules at the start: Sparkplug's own topics, whose states are JSON, and JSON or text for all others. */
    public static List<DecodeRule> usual() {
        return List.of(
                of("spBv1.0/STATE/#", DecoderKind.JSON),
                of("spBv1.0/#", DecoderKind.SPARKPLUG),
                of("#", DecoderKind.JSON),
                of("$SYS/#", DecoderKind.TEXT));
    }
}
