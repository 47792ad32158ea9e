package io.godwit.cli.options;

import io.godwit.cli.output.PayloadDecoder;
import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.DescriptorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --decode} and {@code --proto-set}: which payloads are decoded, and how. */
public final class DecodeOptions {
    @Option(
            names = "--decode",
            paramLabel = "FILTER=DECODER",
            description = {
                "Decode the payloads of these topics as json, text, hex, cbor, msgpack, sparkplug, image or",
                "protobuf:TYPE. Repeated: the first that matches counts."
            })
    private List<String> rules = new ArrayList<>();

    @Option(
            names = "--proto-set",
            paramLabel = "FILE",
            description = "A descriptor set of protoc --include_imports --descriptor_set_out, for protobuf:TYPE.")
    private List<Path> descriptors = new ArrayList<>();

    /**
     * The decoders, with the rules of the options before these.
     *
     * @throws IllegalArgumentException if a rule or a descriptor set is invalid, or cannot be read
     */
    public Decoding decoding(List<DecodeRule> usual) {
        Decoding decoding = Decoding.usual();
        for (Path file : descriptors) {
            try {
                decoding = decoding.withDescriptors(
                        DescriptorSet.read(String.valueOf(file.getFileName()), Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new IllegalArgumentException("cannot read the descriptor set " + file + ": " + e.getMessage(), e);
            }
        }
        List<DecodeRule> all = new ArrayList<>();
        rules.forEach(rule -> all.add(DecodeRule.parse(rule)));
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
