package io.godwit.web.decode;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The kind of an image, by its first bytes.
 *
 * @param type a media type; never one that can carry script
 * @param width in pixels; 0: not known
 * @param height in pixels; 0: not known
 */
public record ImageType(String type, int width, int height) {
    /** The type: PNG, JPEG, GIF, WebP, BMP or AVIF; otherwise null. */
    public static @Nullable ImageType of(byte[] b) {
        if (starts(b, 0, "\u0089PNG\r\n\u001a\n") && b.length >= 24) {
            return new ImageType("image/png", big(b, 16), big(b, 20));
        }
        if (starts(b, 0, "GIF87a") && b.length >= 10 || starts(b, 0, "GIF89a") && b.length >= 10) {
            return new ImageType("image/gif", little2(b, 6), little2(b, 8));
        }
        if (starts(b, 0, "\u00ff\u00d8\u00ff")) {
            return jpeg(b);
        }
        if (starts(b, 0, "RIFF") && starts(b, 8, "WEBP")) {
            return new ImageType("image/webp", 0, 0);
        }
        if (starts(b, 0, "BM") && b.length >= 26 && little2(b, 14) >= 40) {
            return new ImageType("image/bmp", little2(b, 18), little2(b, 22));
        }
        return starts(b, 4, "ftypavif") ? new ImageType("image/avif", 0, 0) : null;
    }

    /** Looks for the frame header, which has the size. */
    private static ImageType jpeg(byte[] b) {
        int at = 2;
        while (at + 9 < b.length && (b[at] & 0xFF) == 0xFF) {
            int marker = b[at + 1] & 0xFF;
            boolean isFrame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
            if (isFrame) {
                return new ImageType("image/jpeg", big2(b, at + 7), big2(b, at + 5));
            }
            at += 2 + Math.max(2, big2(b, at + 2));
        }
        return new ImageType("image/jpeg", 0, 0);
    }

    private static boolean starts(byte[] b, int at, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
        if (b.length < at + wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (b[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static int big2(byte[] b, int at) {
        return (b[at] & 0xFF) << 8 | b[at + 1] & 0xFF;
    }

    private static int big(byte[] b, int at) {
        return big2(b, at) << 16 | big2(b, at + 2);
    }

    private static int little2(byte[] b, int at) {
        return (b[at + 1] & 0xFF) << 8 | b[at] & 0xFF;
    }
}
