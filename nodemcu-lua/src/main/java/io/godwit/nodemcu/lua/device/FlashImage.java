package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a device is flashed with: a snapshot of a folder, read once and shared by all devices of a fleet. A
 * name is the path below the folder with {@code /} between its parts.
 */
public final class FlashImage {

    /** The largest flash of a board; a folder above it is surely the wrong one. */
    private static final long MAX_BYTES = 16L << 20;

    private final Map<String, byte[]> files;

    private FlashImage(Map<String, byte[]> files) {
        this.files = files;
    }

    public static FlashImage empty() {
        return new FlashImage(Map.of());
    }

    public static FlashImage of(Map<String, byte[]> files) {
        return new FlashImage(new LinkedHashMap<>(files));
    }

    /**
     * Reads a folder. Hidden files, and links that lead out of the folder, are left out.
     *
     * @throws IOException if it cannot be read or holds more than 16 MiB, which no board could
     */
    public static FlashImage read(Path folder) throws IOException {
        Path root = folder.toRealPath();
        Map<String, byte[]> files = new TreeMap<>();
        long total = 0;
        try (Stream<Path> walk = Files.walk(root, 4)) {
            for (Path path : (Iterable<Path>) walk::iterator) {
                Path relative = root.relativize(path);
                if (!Files.isRegularFile(path)
                        || hidden(relative)
                        || !path.toRealPath().startsWith(root)) {
                    continue;
                }
                total += Files.size(path);
                if (total > MAX_BYTES) {
                    throw new IOException(
                            folder + " holds more than a board's flash (16 MiB): is it the device's folder?");
                }
                files.put(relative.toString().replace('\\', '/'), Files.readAllBytes(path));
            }
        }
        return new FlashImage(files);
    }

    private static boolean hidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    public byte @Nullable [] get(String name) {
        return files.get(name);
    }

    public Iterable<String> names() {
        return files.keySet();
    }
}
