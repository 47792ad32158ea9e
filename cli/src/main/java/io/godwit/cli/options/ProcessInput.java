package io.godwit.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and environment variables as the bytes that they are. Java decodes them by the locale, and without one (cron,
 * systemd) replaces everything but ASCII; Linux has the bytes in {@code /proc}. See {@link RawText} for how they are kept.
 */
public final class ProcessInput {
    private static final char REPLACED = '\uFFFD';

    private ProcessInput() {}

    /**
     * The arguments of this process.
     *
     * @param decoded as {@code main} received them
     * @throws IllegalArgumentException if one was changed by decoding and cannot be restored
     */
    public static List<String> arguments(String[] decoded) {
        List<String> all = List.of(decoded);
        if (areAscii(all)) {
            return all;
        }
        List<String> raw = strings(Path.of("/proc/self/cmdline"));
        if (raw.size() >= all.size()) {
            List<String> own = raw.subList(raw.size() - all.size(), raw.size());
            if (areSame(all, own)) {
                return List.copyOf(own);
            }
        }
        for (String argument : all) {
            if (argument.indexOf(REPLACED) >= 0) {
                throw new IllegalArgumentException("an argument holds characters that the locale cannot represent;"
                        + " set LC_ALL to a UTF-8 locale, such as C.UTF-8");
            }
        }
        return all;
    }

    /** Whether these are the same arguments, as far as the ones that decoding does not touch show. */
    private static boolean areSame(List<String> decoded, List<String> raw) {
        for (int i = 0; i < decoded.size(); i++) {
            if (isAscii(decoded.get(i)) && !decoded.get(i).equals(raw.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The value of an environment variable, or null if it is not set. */
    public static @Nullable String variable(String name) {
        String decoded = System.getenv(name);
        if (decoded == null || isAscii(decoded)) {
            return decoded;
        }
        String prefix = name + "=";
        for (String entry : strings(Path.of("/proc/self/environ"))) {
            if (entry.startsWith(prefix)) {
                return entry.substring(prefix.length());
            }
        }
        return decoded;
    }

    /** The strings of a file in which NUL ends each. Empty where there is no such file. */
    private static List<String> strings(Path file) {
        List<String> strings = new ArrayList<>();
        try {
            byte[] bytes = Files.readAllBytes(file);
            int from = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == 0) {
                    strings.add(RawText.decode(java.util.Arrays.copyOfRange(bytes, from, i)));
                    from = i + 1;
                }
            }
        } catch (IOException notLinux) {
            return List.of();
        }
        return strings;
    }

    /** A loop, as in {@link #isAscii}: this runs at each start, where the first stream and lambda would cost milliseconds. */
    private static boolean areAscii(List<String> all) {
        for (String each : all) {
            if (!isAscii(each)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
