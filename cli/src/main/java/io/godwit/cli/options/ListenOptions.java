package io.godwit.cli.options;

import io.godwit.web.WebSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the page is served, and how it is protected there. */
public final class ListenOptions {
    private static final int PORT = 8088;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = {
                "Serve the page here; port 0: a free one. Any host but 127.0.0.1 needs --listen-cert, --listen-key and a",
                "password. [127.0.0.1:8088, or a free port if that is taken]"
            })
    private @Nullable String address;

    @Option(names = "--listen-cert", paramLabel = "FILE", description = "The page's certificate chain, PEM.")
    private @Nullable Path certificate;

    @Option(names = "--listen-key", paramLabel = "FILE", description = "The private key for --listen-cert, PEM.")
    private @Nullable Path key;

    @Option(
            names = "--listen-password-env",
            paramLabel = "VAR",
            description = "The environment variable that holds the page's password.")
    private @Nullable String passwordVariable;

    @Option(
            names = "--listen-password-file",
            paramLabel = "FILE",
            description = "The file whose first line is the page's password.")
    private @Nullable Path passwordFile;

    /** Whether an address was given. */
    public boolean isGiven() {
        return address != null;
    }

    /** The settings of the server. */
    public WebSettings settings() {
        String given = address;
        int colon = given == null ? -1 : given.lastIndexOf(':');
        String host = given == null ? "127.0.0.1" : colon < 0 ? given : given.substring(0, colon);
        String port = given == null || colon < 0 ? String.valueOf(PORT) : given.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("--listen " + given + ": use HOST:PORT, such as 127.0.0.1:8088");
        }
        return new WebSettings(host.replaceAll("^\\[|]$", ""), Integer.parseInt(port), certificate, key, password());
    }

    private @Nullable String password() {
        if (passwordVariable != null) {
            return Secrets.fromEnvironment("--listen-password-env", passwordVariable);
        }
        return passwordFile == null ? null : Secrets.fromFile("--listen-password-file", passwordFile);
    }
}
