package io.godwit.simulation.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder under the system's temporary one for what a campaign writes. It is deleted with the campaign if all was well
 * or nothing was written; otherwise it stays for inspection.
 */
public final class WorkFolder implements AutoCloseable {
    private final Path path;
    private boolean needed = true;

    private WorkFolder(Path path) {
        this.path = path;
    }

    public static WorkFolder create(String prefix) throws IOException {
        return new WorkFolder(Files.createTempDirectory(prefix));
    }

    public Path path() {
        return path;
    }

    /** All was well: the folder is not needed any more. */
    public void discard() {
        needed = false;
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(path)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        if (!needed || all.stream().allMatch(Files::isDirectory)) {
            for (Path one : all) {
                Files.deleteIfExists(one);
            }
        }
    }
}
