package io.godwit.mqtt.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a session's folder. A client identifier that is a plain lower-case name is its own folder; any other keeps
 * what is safe of it and adds a hash, so that no two identifiers meet: not on a file system that ignores case, not with
 * slashes, dots, device names of Windows, and not when they are 65,535 bytes long. The identifier itself is in each file's
 * header.
 */
final class FolderName {
    private static final int READABLE = 60;
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_-][a-z0-9_.-]{0,58}[a-z0-9_-]|[a-z0-9_-]");
    private static final Pattern DEVICE = Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_-]");

    private FolderName() {}

    static String of(String clientId) {
        if (PLAIN.matcher(clientId).matches() && !DEVICE.matcher(clientId).matches()) {
            return clientId;
        }
        String readable = UNSAFE.matcher(clientId.substring(0, Math.min(READABLE, clientId.length())))
                .replaceAll("_");
        return readable + "~" + hash(clientId);
    }

    private static String hash(String clientId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(clientId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 10);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
