package io.godwit.cli.options;

import io.godwit.web.avro.AvroSchema;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.DescriptorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --proto-set} and {@code --avro-schema}: the types that decoders and encoders may name. */
public final class SchemaOptions {
    @Option(
            names = "--proto-set",
            paramLabel = "FILE",
            description = "A descriptor set of protoc --include_imports --descriptor_set_out, for protobuf:TYPE.")
    private List<Path> descriptors = new ArrayList<>();

    @Option(
            names = "--avro-schema",
            paramLabel = "FILE",
            description = "One more schema, by whose fingerprint Avro's single objects are found.")
    private List<Path> schemas = new ArrayList<>();

    /**
     * The usual decoding, with these types.
     *
     * @param named schema files that rules name
     * @throws IllegalArgumentException if a file is invalid, or cannot be read
     */
    Decoding decoding(List<String> named) {
        Decoding decoding = Decoding.usual();
        for (Path file : descriptors) {
            decoding = decoding.withDescriptors(
                    DescriptorSet.read(String.valueOf(file.getFileName()), bytes("descriptor set", file)));
        }
        for (Path file : schemas) {
            decoding = decoding.withSchema(AvroSchema.read(file.toString(), bytes("schema", file)));
        }
        for (String file : named) {
            decoding = decoding.withSchema(AvroSchema.read(file, bytes("schema", Path.of(file))));
        }
        return decoding;
    }

    private static byte[] bytes(String what, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the " + what + " " + file + ": " + e.getMessage(), e);
        }
    }
}
