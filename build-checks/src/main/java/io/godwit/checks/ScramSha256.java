package io.godwit.checks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's side of SCRAM-SHA-256 with the nonce of the example in RFC 7677, section 3, so that each message of the exchange
 * is known.
 */
public final class ScramSha256 {
    public static final String METHOD = "SCRAM-SHA-256";
    public static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    public static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    public static final String CLIENT_FINAL =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    public static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private ScramSha256() {}

    /**
     * What the client answers to the server's first message, and what the server must say then.
     *
     * @param clientFinal the proof of the client
     * @param serverFinal the proof of the server
     */
    public record Proofs(String clientFinal, String serverFinal) {}

    /** Computes both proofs from the password and the server's first message. */
    public static Proofs prove(String password, String serverFirst) throws GeneralSecurityException {
        String[] fields = serverFirst.split(",");
        byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
        int iterations = Integer.parseInt(fields[2].substring(2));
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
                .getEncoded();
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
        String withoutProof = "c=biws," + fields[0];
        String signed = CLIENT_FIRST.substring(3) + "," + serverFirst + "," + withoutProof;
        byte[] proof = hmac(storedKey, signed);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        return new Proofs(
                withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof),
                "v=" + Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key"), signed)));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
