package io.godwit.cli.options;

import io.godwit.cli.output.Diagnostics;
import io.godwit.mqtt.client.net.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** What the command line says about TLS: mosquitto's options, and those that the library has besides. */
public final class TlsOptions {
    @Option(
            order = 1,
            names = "--cafile",
            paramLabel = "FILE",
            description = "Trust the authorities in this PEM file, and no others.")
    private @Nullable Path caFile;

    @Option(
            order = 1,
            names = "--capath",
            paramLabel = "DIR",
            description = "Trust the authorities in the PEM files of this folder, and no others.")
    private @Nullable Path caPath;

    @Mixin
    private KeyPairOptions keyPair = new KeyPairOptions();

    @Option(
            order = 1,
            names = "--keyform",
            paramLabel = "FORM",
            description = "Accepted for compatibility with mosquitto; only pem.")
    private @Nullable String keyForm;

    @Option(
            order = 1,
            names = "--key-password-env",
            paramLabel = "VAR",
            description = "The environment variable with the password of the key (or of --keystore).")
    private @Nullable String keyPasswordVariable;

    @Option(
            order = 1,
            names = "--keystore",
            paramLabel = "FILE",
            description = "The client's certificate and key, PKCS#12 or JKS.")
    private @Nullable Path keyStore;

    @Option(
            order = 1,
            names = "--truststore",
            paramLabel = "FILE",
            description = "Trust the authorities in this PKCS#12 or JKS file.")
    private @Nullable Path trustStore;

    @Option(
            order = 1,
            names = "--truststore-password-env",
            paramLabel = "VAR",
            description = "The environment variable with the password of --truststore.")
    private @Nullable String trustStorePasswordVariable;

    @Option(order = 1, names = "--tls-use-os-certs", description = "TLS with the authorities that the system trusts.")
    private boolean systemAuthorities;

    @Option(
            order = 1,
            names = "--tls-version",
            paramLabel = "TLS_VERSION",
            completionCandidates = Candidates.TlsVersions.class,
            description = "tlsv1.2 or tlsv1.3; both unless set.")
    private @Nullable String version;

    @Option(
            order = 1,
            names = "--ciphers",
            paramLabel = "LIST",
            description = "Cipher suites by their standard names: A:B:C.")
    private @Nullable String ciphers;

    @Option(
            order = 1,
            names = "--tls-alpn",
            paramLabel = "PROTOCOL",
            description = "The protocol for ALPN, such as: mqtt.")
    private @Nullable String applicationProtocol;

    @Option(
            order = 1,
            names = "--tls-name",
            paramLabel = "NAME",
            description = "The name that the server's certificate must have and SNI sends, if not the host's.")
    private @Nullable String serverName;

    @Option(
            order = 1,
            names = "--pin",
            paramLabel = "SHA256",
            description = "Require a certificate or key with this SHA-256 digest.")
    private List<String> pins = new ArrayList<>();

    @Option(
            order = 1,
            names = "--insecure",
            description = "Do not check that the certificate is for this host. For tests only.")
    private boolean insecure;

    @Option(
            order = 1,
            names = "--no-tls",
            description = "Connect without TLS, whatever the configuration files say about it.")
    private boolean off;

    @Option(order = 1, names = "--trust-any", description = "Do not check the certificate at all. For tests only.")
    private boolean trustAny;

    /** The longest names of the options that ask for TLS. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (OptionSpec option :
                CommandSpec.forAnnotatedObject(new TlsOptions()).options()) {
            if (!option.longestName().equals("--no-tls")) {
                names.add(option.longestName());
            }
        }
        return names;
    }

    /** Whether {@code --no-tls} was given. */
    boolean isOff() {
        if (off && isAsked()) {
            throw new IllegalArgumentException("--no-tls excludes the options for TLS, such as --cafile");
        }
        return off;
    }

    /** Whether any option asks for TLS, so that a plain host name means it. */
    boolean isAsked() {
        return systemAuthorities
                || trustAny
                || insecure
                || version != null
                || ciphers != null
                || keyForm != null
                || keyPasswordVariable != null
                || trustStorePasswordVariable != null
                || applicationProtocol != null
                || serverName != null
                || !pins.isEmpty()
                || Stream.of(caFile, caPath, keyPair.certificate(), keyPair.key(), keyStore, trustStore)
                        .anyMatch(file -> file != null);
    }

    /**
     * The TLS settings that the options describe.
     *
     * @throws IllegalArgumentException if they contradict each other
     */
    Tls tls() {
        if (keyForm != null && !keyForm.equalsIgnoreCase("pem")) {
            throw new IllegalArgumentException(
                    "--keyform " + keyForm + ": only pem is supported; use --keystore for PKCS#12 and JKS");
        }
        Tls.Builder tls = Tls.builder();
        if (caFile != null) {
            tls.ca(caFile);
        }
        if (caPath != null) {
            tls.ca(allIn(caPath));
        }
        Path certificate = keyPair.certificate();
        if (certificate != null) {
            tls.certificate(certificate);
        }
        Path key = keyPair.key();
        if (key != null) {
            tls.key(key);
        }
        String keyPassword =
                keyPasswordVariable == null ? null : Secrets.fromEnvironment("--key-password-env", keyPasswordVariable);
        if (keyStore != null) {
            tls.keyStore(keyStore, keyPassword == null ? "" : keyPassword);
        } else if (keyPassword != null) {
            tls.keyPassword(keyPassword);
        }
        if (trustStore != null) {
            tls.trustStore(
                    trustStore,
                    trustStorePasswordVariable == null
                            ? ""
                            : Secrets.fromEnvironment("--truststore-password-env", trustStorePasswordVariable));
        }
        if (version != null) {
            tls.versions(version(version));
        }
        if (ciphers != null) {
            tls.ciphers(known(ciphers.split("[:,]")));
        }
        if (applicationProtocol != null) {
            tls.applicationProtocols(applicationProtocol);
        }
        if (serverName != null) {
            tls.serverName(serverName);
        }
        pins.forEach(tls::pin);
        if (insecure) {
            tls.hostNameChecked(false);
        }
        if (trustAny) {
            tls.insecure();
        }
        return tls.build();
    }

    private static String[] known(String[] names) {
        try {
            List<String> supported =
                    List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
            for (String name : names) {
                if (!supported.contains(name)) {
                    throw new IllegalArgumentException("--ciphers: unknown cipher suite '" + name
                            + "'; names are Java's, such as TLS_AES_128_GCM_SHA256");
                }
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return names;
    }

    private static String version(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "tlsv1.3", "1.3" -> "TLSv1.3";
            case "tlsv1.2", "1.2" -> "TLSv1.2";
            default ->
                throw new IllegalArgumentException(
                        "--tls-version " + text + ": must be tlsv1.2 or tlsv1.3; older versions are insecure");
        };
    }

    private static String allIn(Path folder) {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                if (text.contains("-----BEGIN CERTIFICATE-----")) {
                    all.append(text).append('\n');
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("--capath: " + Diagnostics.about(folder, e), e);
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("--capath: no file in " + folder + " contains a PEM certificate");
        }
        return all.toString();
    }
}
