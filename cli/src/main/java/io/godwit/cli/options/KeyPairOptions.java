package io.godwit.cli.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --cert} and {@code --key}: a certificate chain and its private key. */
public final class KeyPairOptions {
    @Option(order = 1, names = "--cert", paramLabel = "FILE", description = "This side's certificate chain, PEM.")
    private @Nullable Path certificate;

    @Option(order = 1, names = "--key", paramLabel = "FILE", description = "The private key for --cert, PEM.")
    private @Nullable Path key;

    /** The file that was given, or null. */
    public @Nullable Path certificate() {
        return certificate;
    }

    /** The file that was given, or null. */
    public @Nullable Path key() {
        return key;
    }
}
