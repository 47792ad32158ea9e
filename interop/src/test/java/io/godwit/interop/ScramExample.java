package io.godwit.interop;

import io.godwit.checks.ScramSha256;
import io.godwit.mqtt.client.Authenticator;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/** SCRAM-SHA-256 as an {@link Authenticator}, with the nonce of the example in RFC 7677. */
final class ScramExample implements Authenticator {
    private final String password;
    private String serverProof = "";
    private volatile int succeeded;

    ScramExample(String password) {
        this.password = password;
    }

    /** How often the server has proved itself. */
    int succeeded() {
        return succeeded;
    }

    @Override
    public String method() {
        return ScramSha256.METHOD;
    }

    @Override
    public byte[] begin() {
        return bytes(ScramSha256.CLIENT_FIRST);
    }

    @Override
    public byte[] answer(byte @Nullable [] challenge) throws GeneralSecurityException {
        ScramSha256.Proofs proofs = ScramSha256.prove(password, text(challenge));
        serverProof = proofs.serverFinal();
        return bytes(proofs.clientFinal());
    }

    @Override
    public void succeeded(byte @Nullable [] data) {
        if (!text(data).equals(serverProof)) {
            throw new IllegalStateException("the server does not know the password");
        }
        succeeded++; // one thread at a time
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] data) {
        return data == null ? "" : new String(data, StandardCharsets.UTF_8);
    }
}
