package io.godwit.mqtt.client.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and private keys from PEM (RFC 7468 and the older formats of OpenSSL): PKCS#8, PKCS#1 and SEC1 keys,
 * unencrypted, encrypted as PKCS#8 (PBES2) or in OpenSSL's older format. Needs only the JDK.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final Pattern HEADER = Pattern.compile("^([A-Za-z-]+): *([^\\r\\n]*)\\r?\\n", Pattern.MULTILINE);

    /** How the JDK names PBES2: the pseudo-random function and the key length. */
    private static final Pattern PBES2 = Pattern.compile("PBEWith(HmacSHA\\d+)AndAES_(\\d+)");

    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final byte[] VERSION_0 = {2, 1, 0};

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int CONTEXT_0 = 0xa0;

    private Pem() {}

    /** One block between BEGIN and END. */
    private record Block(String type, String text) {

        byte[] content() throws IOException {
            try {
                return Base64.getMimeDecoder()
                        .decode(HEADER.matcher(text).replaceAll("").strip());
            } catch (IllegalArgumentException e) {
                throw new IOException("the block " + type + " is not valid Base64", e);
            }
        }

        @Nullable
        String header(String name) {
            Matcher matcher = HEADER.matcher(text);
            while (matcher.find()) {
                if (matcher.group(1).equals(name)) {
                    return matcher.group(2).strip();
                }
            }
            return null;
        }
    }

    /** All certificates of a PEM text, in its order, at least one. */
    static List<X509Certificate> certificates(byte[] pem) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem)) {
            if (block.type.equals("CERTIFICATE")
                    || block.type.equals("X509 CERTIFICATE")
                    || block.type.equals("TRUSTED CERTIFICATE")) {
                certificates.add(
                        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException("it contains no certificate" + found(pem)
                    + ": it must have a block that begins with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** The first private key of a PEM text. */
    static PrivateKey privateKey(byte[] pem, @Nullable String password) throws IOException, GeneralSecurityException {
        byte[] curve = null;
        for (Block block : blocks(pem)) {
            switch (block.type) {
                case "PRIVATE KEY" -> {
                    return fromPkcs8(block.content());
                }
                case "ENCRYPTED PRIVATE KEY" -> {
                    return fromPkcs8(decryptPkcs8(block.content(), needed(password)));
                }
                case "RSA PRIVATE KEY" -> {
                    byte[] key = plain(block, password);
                    return fromPkcs8(der(SEQUENCE, VERSION_0, RSA, der(OCTET_STRING, key)));
                }
                case "EC PARAMETERS" -> curve = block.content();
                case "EC PRIVATE KEY" -> {
                    byte[] key = plain(block, password);
                    byte[] named = curveOf(key, curve);
                    return fromPkcs8(
                            der(SEQUENCE, VERSION_0, der(SEQUENCE, EC_PUBLIC_KEY, named), der(OCTET_STRING, key)));
                }
                default -> {
                    continue;
                }
            }
        }
        throw new IOException("it contains no private key" + found(pem)
                + ": it must have a block such as -----BEGIN PRIVATE KEY-----");
    }

    private static List<Block> blocks(byte[] pem) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    private static String found(byte[] pem) {
        List<String> types = blocks(pem).stream().map(Block::type).toList();
        return types.isEmpty() ? " and no other PEM block" : " but " + String.join(", ", types);
    }

    private static String needed(@Nullable String password) throws IOException {
        if (password == null) {
            throw new IOException("the key is encrypted: set keyPassword(...)");
        }
        return password;
    }

    private static PrivateKey fromPkcs8(byte[] key) throws IOException, GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(key);
        for (String algorithm : List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                continue; // try the next type
            }
        }
        throw new IOException(
                "the private key is malformed, or of a type that this JDK doesn't support (RSA, EC, Ed25519 and Ed448 are"
                        + " supported)");
    }

    private static byte[] decryptPkcs8(byte[] encrypted, String password) throws IOException, GeneralSecurityException {
        EncryptedPrivateKeyInfo info;
        try {
            info = new EncryptedPrivateKeyInfo(encrypted);
        } catch (IOException e) {
            throw new IOException(
                    "the encrypted key is malformed, or its encryption is not supported by this JDK, such as scrypt:"
                            + " convert it with 'openssl pkcs8 -topk8 -v2 aes-256-cbc'",
                    e);
        }
        // "PBES2" names no algorithm; its parameters do, as "PBEWithHmacSHA256AndAES_256"
        String algorithm = info.getAlgName();
        if (info.getAlgParameters() != null
                && (algorithm.equals("PBES2") || algorithm.equals("1.2.840.113549.1.5.13"))) {
            algorithm = info.getAlgParameters().toString();
        }
        Cipher cipher = decryption(algorithm, info.getAlgParameters(), password);
        try {
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException e) {
            throw new IOException("the password doesn't decrypt the private key", e);
        }
    }

    /**
     * The cipher that decrypts with this algorithm. PBES2 is taken apart, because the JDK's ciphers for it accept only ASCII in
     * a password, while OpenSSL derives the key from UTF-8 (RFC 8018).
     */
    private static Cipher decryption(String algorithm, @Nullable AlgorithmParameters parameters, String password)
            throws IOException {
        Matcher pbes2 = PBES2.matcher(algorithm);
        try {
            if (parameters != null && pbes2.matches()) {
                PBEParameterSpec derivation = parameters.getParameterSpec(PBEParameterSpec.class);
                PBEKeySpec spec = new PBEKeySpec(
                        password.toCharArray(),
                        derivation.getSalt(),
                        derivation.getIterationCount(),
                        Integer.parseInt(pbes2.group(2)));
                byte[] key = SecretKeyFactory.getInstance("PBKDF2With" + pbes2.group(1))
                        .generateSecret(spec)
                        .getEncoded();
                spec.clearPassword();
                Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
                cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), derivation.getParameterSpec());
                return cipher;
            }
            if (!password.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                throw new IOException(
                        "the key is encrypted with " + algorithm + ", for which this JDK accepts only ASCII in a"
                                + " password: convert it with 'openssl pkcs8 -topk8 -v2 aes-256-cbc'");
            }
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray());
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(algorithm).generateSecret(spec), parameters);
            spec.clearPassword();
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the key is encrypted with " + algorithm + ", which this JDK doesn't support: convert it with"
                            + " 'openssl pkcs8 -topk8 -v2 aes-256-cbc'",
                    e);
        }
    }

    /** The content of a block that may be encrypted in OpenSSL's older format: the key is the MD5 digest of password and salt. */
    private static byte[] plain(Block block, @Nullable String password) throws IOException, GeneralSecurityException {
        String info = block.header("DEK-Info");
        if (info == null) {
            return block.content();
        }
        String[] parts = info.split(",", 2);
        String algorithm = parts[0].strip();
        int length = switch (algorithm) {
            case "AES-128-CBC" -> 16;
            case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
            case "AES-256-CBC" -> 32;
            default ->
                throw new IOException("the key is encrypted with " + algorithm
                        + ", which is not supported: convert it with 'openssl pkcs8 -topk8 -v2 aes-256-cbc'");
        };
        byte[] iv;
        try {
            iv = HexFormat.of().parseHex(parts.length < 2 ? "" : parts[1].strip());
        } catch (IllegalArgumentException e) {
            throw new IOException("the DEK-Info line of the key is malformed", e);
        }
        if (iv.length < 8) {
            throw new IOException("the DEK-Info line of the key is malformed: it has no salt");
        }
        byte[] secret = needed(password).getBytes(StandardCharsets.UTF_8);
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        byte[] digest = new byte[0];
        while (key.size() < length) {
            md5.update(digest);
            md5.update(secret);
            md5.update(iv, 0, 8);
            digest = md5.digest();
            key.writeBytes(digest);
        }
        boolean aes = algorithm.startsWith("AES");
        Cipher cipher = Cipher.getInstance(aes ? "AES/CBC/PKCS5Padding" : "DESede/CBC/PKCS5Padding");
        SecretKeySpec spec = new SecretKeySpec(key.toByteArray(), 0, length, aes ? "AES" : "DESede");
        cipher.init(Cipher.DECRYPT_MODE, spec, new IvParameterSpec(iv));
        try {
            return cipher.doFinal(block.content());
        } catch (GeneralSecurityException e) {
            throw new IOException("the password doesn't decrypt the private key", e);
        }
    }

    /** SEC1, section C.4: the curve is in the key as [0], or in a separate block before it. */
    private static byte[] curveOf(byte[] key, byte @Nullable [] before) throws IOException {
        try {
            int at = contentAt(key, 0);
            int end = at + lengthAt(key, 0);
            while (at < end) {
                int content = contentAt(key, at);
                int length = lengthAt(key, at);
                if ((key[at] & 0xff) == CONTEXT_0 && (key[content] & 0xff) == OBJECT_IDENTIFIER) {
                    return Arrays.copyOfRange(key, content, content + length);
                }
                at = content + length;
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new IOException("the EC private key is malformed", e);
        }
        if (before != null && before.length > 0 && before[0] == OBJECT_IDENTIFIER) {
            return before;
        }
        throw new IOException("the EC private key doesn't name its curve: convert it with 'openssl pkcs8 -topk8'");
    }

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int lengthAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | der[at + 2 + i] & 0xff;
        }
        if (length < 0) {
            throw new ArrayIndexOutOfBoundsException();
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
                out.write(length >> shift);
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
