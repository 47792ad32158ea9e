package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.lua.device.Flash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a device does to its flash into the folder it came from, and nowhere else: no hidden files, no
 * {@code godwit.properties}, nothing through links, and no name that another file system would read differently.
 */
final class FolderSink implements Flash.Sink {

    /** Names that Windows keeps for devices, whatever their ending. */
    private static final Set<String> RESERVED = Set.of(
            "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1",
            "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

    private final Path folder;
    private final Consumer<String> warnings;

    FolderSink(Path folder, Consumer<String> warnings) throws IOException {
        this.folder = folder.toRealPath();
        this.warnings = warnings;
    }

    @Override
    public boolean accepts(String name) {
        String problem = problem(name);
        if (problem != null) {
            warnings.accept("the file '" + printable(name) + "' is not written, renamed or removed: " + problem);
        }
        return problem == null;
    }

    private @Nullable String problem(String name) {
        String text = decoded(name);
        if (text == null) {
            return "its name is not UTF-8";
        }
        for (String part : text.split("/", -1)) {
            if (part.isEmpty() || part.startsWith(".")) {
                return "hidden files and paths with empty parts stay as they are";
            }
            String stem = part.toLowerCase(Locale.ROOT).replaceFirst("\\..*", "");
            if (part.endsWith(".") || part.endsWith(" ") || RESERVED.contains(stem)) {
                return "not every file system can hold that name";
            }
            if (part.chars().anyMatch(ch -> ch < ' ' || ch == 127 || "\\:*?\"<>|".indexOf(ch) >= 0)) {
                return "not every file system can hold that name";
            }
        }
        if (text.toLowerCase(Locale.ROOT).endsWith("godwit.properties")) {
            return "godwit.properties belongs to the host";
        }
        try {
            return problemOnDisk(folder.resolve(text).normalize(), text);
        } catch (IOException | InvalidPathException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private @Nullable String problemOnDisk(Path file, String text) throws IOException {
        Path parent = file.getParent();
        if (parent == null || !file.startsWith(folder)) {
            return "it would lie outside of the folder";
        }
        if (!Files.isDirectory(parent)) {
            return "there is no folder " + folder.relativize(parent);
        }
        if (!parent.toRealPath().equals(parent)) {
            return "a link leads to its folder";
        }
        if (Files.isSymbolicLink(file) || Files.isDirectory(file)) {
            return "it is a link or folder on disk";
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !file.toRealPath().getFileName().toString().equals(text.substring(text.lastIndexOf('/') + 1))) {
            return "the disk has a file whose name differs only in case";
        }
        return null;
    }

    private static @Nullable String decoded(String name) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.chars().limit(64).forEach(ch -> text.append(ch < ' ' || ch > '~' ? '?' : (char) ch));
        return text.toString();
    }

    @Override
    public void changed(String name, byte @Nullable [] content) {
        String text = decoded(name);
        if (text == null) {
            return;
        }
        Path file = folder.resolve(text);
        try {
            if (content == null) {
                Files.deleteIfExists(file);
            } else {
                // A file beside it first, so that an interrupted write leaves the old content.
                Path temporary = file.resolveSibling(".godwit-" + UUID.randomUUID() + ".tmp");
                try {
                    Files.write(temporary, content, StandardOpenOption.CREATE_NEW);
                    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(temporary);
                }
            }
        } catch (IOException e) {
            warnings.accept("the file '" + printable(name) + "' could not be written: " + e.getMessage());
        }
    }
}
