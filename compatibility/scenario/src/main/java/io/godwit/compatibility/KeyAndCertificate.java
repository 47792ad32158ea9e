package io.godwit.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A self-signed certificate for localhost, made by the JDK's keytool.
 *
 * @param certificate PEM file
 * @param key PEM file
 */
public record KeyAndCertificate(Path certificate, Path key) {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** Writes the files into the folder. */
    public static KeyAndCertificate in(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("server.p12");
        String arguments = "-genkeypair -alias server -keyalg EC -groupname secp256r1 -validity 30 -storetype PKCS12"
                + " -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1 -storepass changeit -keystore";
        List<String> command = new ArrayList<>(List.of(arguments.split(" ")));
        command.add(
                0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.add(store.toString());
        Process keytool = new ProcessBuilder(command).inheritIO().start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed with status " + keytool.exitValue());
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return new KeyAndCertificate(
                pem(
                        folder.resolve("server.pem"),
                        "CERTIFICATE",
                        keys.getCertificate("server").getEncoded()),
                pem(
                        folder.resolve("server.key"),
                        "PRIVATE KEY",
                        keys.getKey("server", PASSWORD).getEncoded()));
    }

    private static Path pem(Path file, String type, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                file,
                "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n",
                StandardCharsets.US_ASCII);
    }
}
