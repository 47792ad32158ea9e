package io.godwit.nodemcu.lua.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that a device is flashed with: a snapshot, read once and shared by all devices of a fleet. A name is the path
 * below the folder with {@code /} between its parts, its UTF-8 bytes as one char each, which is how scripts see it.
 *
 * <p>A folder is the flash as a whole, except for hidden files, {@code godwit.properties} and links that point outside. A
 * single script is flashed together with the files that it names, directly or through other scripts.
 */
public final class FlashImage {

    /** The largest flash of a board; a folder above it is surely the wrong one. */
    private static final long MAX_BYTES = 16L << 20;
    /** Scripts that mention more files than this are not read further. */
    private static final int MAX_FILES = 4096;

    private static final int MAX_DEPTH = 4;
    /** Holds settings and credentials of the host, which scripts must not see. */
    private static final String PROPERTIES = "godwit.properties";

    private static final Pattern LITERAL = Pattern.compile("\"([^\"\\\\\n]{1,200})\"|'([^'\\\\\n]{1,200})'");

    private final Map<String, byte[]> files;
    private final List<String> skipped;

    private FlashImage(Map<String, byte[]> files, List<String> skipped) {
        this.files = files;
        this.skipped = List.copyOf(skipped);
    }

    public static FlashImage empty() {
        return new FlashImage(Map.of(), List.of());
    }

    public static FlashImage of(Map<String, byte[]> files) {
        return new FlashImage(new TreeMap<>(files), List.of());
    }

    /**
     * Reads a folder, or a script and what it names.
     *
     * @throws IOException if it cannot be read or holds more than 16 MiB or 4,096 files, which no board could
     */
    public static FlashImage read(Path scriptOrFolder) throws IOException {
        Reader reader = new Reader(scriptOrFolder);
        if (Files.isDirectory(scriptOrFolder)) {
            reader.readFolder();
        } else {
            reader.readScript(scriptOrFolder.getFileName().toString());
        }
        return new FlashImage(reader.files, reader.skipped);
    }

    public byte @Nullable [] get(String name) {
        return files.get(name);
    }

    public Iterable<String> names() {
        return files.keySet();
    }

    /** What was left out, one sentence each, for the user to know. */
    public List<String> skipped() {
        return skipped;
    }

    /** Reads files below one folder within the limits. */
    private static final class Reader {
        private final Path given;
        private final Path root;
        private final Map<String, byte[]> files = new TreeMap<>();
        private final List<String> skipped = new ArrayList<>();
        private long total;

        Reader(Path scriptOrFolder) throws IOException {
            this.given = scriptOrFolder;
            Path parent = scriptOrFolder.toAbsolutePath().getParent();
            this.root = (Files.isDirectory(scriptOrFolder) || parent == null ? scriptOrFolder : parent).toRealPath();
        }

        void readFolder() throws IOException {
            Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return isHidden(root.relativize(folder)) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isSymbolicLink() && Files.isDirectory(file)) {
                        skipped.add(name(file) + " is a link to a folder and not part of the flash");
                    } else {
                        take(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }

        /** Takes a script and, step by step, every file below the folder that a string in a script names. */
        void readScript(String start) throws IOException {
            ArrayDeque<String> scripts = new ArrayDeque<>();
            scripts.add(start);
            while (!scripts.isEmpty()) {
                String script = scripts.poll();
                byte[] source = take(root.resolve(script));
                if (source == null || !script.endsWith(".lua")) {
                    continue;
                }
                String text = new String(source, StandardCharsets.UTF_8);
                Matcher literal = LITERAL.matcher(text);
                while (literal.find()) {
                    String named = literal.group(1) == null ? literal.group(2) : literal.group(1);
                    for (String candidate : List.of(named, named + ".lua", named + ".lc", "lfs/" + named + ".lua")) {
                        if (isBelow(candidate)) {
                            scripts.add(candidate);
                        }
                    }
                }
                if (text.contains("LFS")) {
                    readLfs();
                }
            }
        }

        private void readLfs() throws IOException {
            Path lfs = root.resolve("lfs");
            if (Files.isDirectory(lfs)) {
                try (var scripts = Files.newDirectoryStream(lfs, "*.lua")) {
                    for (Path script : scripts) {
                        take(script);
                    }
                }
            }
        }

        private boolean isBelow(String candidate) {
            try {
                Path relative = Path.of(candidate).normalize();
                return !relative.isAbsolute()
                        && !relative.startsWith("..")
                        && !candidate.isBlank()
                        && !files.containsKey(name(root.resolve(relative)))
                        && Files.isRegularFile(root.resolve(relative));
            } catch (InvalidPathException e) {
                return false;
            }
        }

        /** Reads one file, or reports why it is left out. */
        private byte @Nullable [] take(Path file) throws IOException {
            Path relative = root.relativize(file);
            if (isHidden(relative) || relative.endsWith(PROPERTIES)) {
                return null;
            }
            if (!Files.isRegularFile(file)) {
                if (Files.isSymbolicLink(file)) {
                    skipped.add(name(file) + " is a link that leads to no file");
                }
                return null;
            }
            if (!file.toRealPath().startsWith(root)) {
                skipped.add(name(file) + " is a link that points outside of the folder and is not part of the flash");
                return null;
            }
            total += Files.size(file);
            if (total > MAX_BYTES || files.size() >= MAX_FILES) {
                throw new IOException(given + " holds more than the flash of a board (16 MiB or 4,096 files): is it the"
                        + " device's folder?");
            }
            byte[] content = Files.readAllBytes(file);
            files.put(name(file), content);
            return content;
        }

        private String name(Path file) {
            String relative = root.relativize(file).toString().replace('\\', '/');
            return new String(relative.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        }

        private static boolean isHidden(Path relative) {
            for (Path part : relative) {
                if (part.toString().startsWith(".")) {
                    return true;
                }
            }
            return false;
        }
    }
}
