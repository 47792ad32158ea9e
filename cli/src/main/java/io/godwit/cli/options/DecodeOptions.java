package io.godwit.cli.options;

import io.godwit.cli.output.PayloadDecoder;
import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.DecoderKind;
import io.godwit.web.decode.Decoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --decode} and the files it needs: which payloads are decoded, and how. */
public final class DecodeOptions {
    @Option(
            names = "--decode",
            paramLabel = "FILTER=DECODER",
            description = {
                "Decode the payloads of these topics as json, text, hex, cbor, msgpack, sparkplug, image,",
                "protobuf:TYPE or avro:FILE. Repeated: the first that matches counts."
            })
    private List<String> rules = new ArrayList<>();

    @Mixin
    private SchemaOptions schemas = new SchemaOptions();

    /**
     * The decoders, with the rules of the options before these.
     *
     * @throws IllegalArgumentException if a rule, a descriptor set or a schema is invalid, or cannot be read
     */
    public Decoding decoding(List<DecodeRule> usual) {
        List<DecodeRule> all = new ArrayList<>();
        rules.forEach(rule -> all.add(DecodeRule.parse(rule)));
        Decoding decoding = schemas.decoding(all.stream()
                .filter(rule -> rule.decoder() == DecoderKind.AVRO)
                .map(DecodeRule::type)
                .filter(Objects::nonNull)
                .distinct()
                .toList());
        all.addAll(usual);
        return decoding.withRules(all);
    }

    /**
     * What decodes by the rules of the options alone; null if there are none.
     *
     * @param notes receives a line for each payload that cannot be decoded
     * @throws IllegalArgumentException as {@link #decoding}
     */
    public @Nullable PayloadDecoder decoder(Consumer<String> notes) {
        return rules.isEmpty() ? null : new PayloadDecoder(decoding(List.of()), notes);
    }
}
