package io.godwit.mqtt.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of SCRAM-SHA-256 as an {@link Authenticator}, with the nonce of the example in RFC 7677, section 3, so
 * that each message of the exchange is known.
 */
public final class ScramExample implements Authenticator {
    /** The four messages of the exchange and the proof of the server. */
    public static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";

    public static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    public static final String CLIENT_FINAL =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    public static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private final String password;
    private String serverProof = "";
    private volatile int succeeded;

    public ScramExample(String password) {
        this.password = password;
    }

    /** How often the server has proved itself. */
    public int succeeded() {
        return succeeded;
    }

    @Override
    public String method() {
        return "SCRAM-SHA-256";
    }

    @Override
    public byte[] begin() {
        return bytes(CLIENT_FIRST);
    }

    @Override
    public byte[] answer(byte @Nullable [] challenge) throws GeneralSecurityException {
        String first = text(challenge);
        String[] fields = first.split(",");
        byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
        int iterations = Integer.parseInt(fields[2].substring(2));
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
                .getEncoded();
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
        String withoutProof = "c=biws," + fields[0];
        String signed = CLIENT_FIRST.substring(3) + "," + first + "," + withoutProof;
        byte[] proof = hmac(storedKey, signed);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        serverProof = "v=" + Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key"), signed));
        return bytes(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof));
    }

    @Override
    public void succeeded(byte @Nullable [] data) {
        if (!text(data).equals(serverProof)) {
            throw new IllegalStateException("the server does not know the password");
        }
        succeeded++; // one thread at a time
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] data) {
        return data == null ? "" : new String(data, StandardCharsets.UTF_8);
    }
}
