package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.lua.device.Flash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a device does to its flash into the folder it came from, and nowhere else. */
final class FolderSink implements Flash.Sink {

    private static final Logger log = LoggerFactory.getLogger(FolderSink.class);

    private final Path folder;

    FolderSink(Path folder) throws IOException {
        this.folder = folder.toRealPath();
    }

    @Override
    public void changed(String name, byte @Nullable [] content) {
        try {
            Path file = folder.resolve(name).normalize();
            Path parent = file.getParent();
            if (parent == null
                    || !file.startsWith(folder)
                    || !parent.toRealPath().startsWith(folder)
                    || Files.isSymbolicLink(file)) {
                log.warn("the device's file '{}' would lie outside of its folder and is kept in memory only", name);
                return;
            }
            if (content == null) {
                Files.deleteIfExists(file);
            } else {
                Files.write(file, content);
            }
        } catch (IOException | InvalidPathException e) {
            log.warn("the device's file '{}' could not be written: {}", name, e.getMessage());
        }
    }
}
