package io.godwit.mqtt.store;

import io.godwit.mqtt.client.store.StoredSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One session of a store as somebody sees it who only looks: nothing is locked, changed or set aside. A client that has
 * the session open may be ahead of it.
 *
 * @param clientId the session; the name of the folder when no file could be read
 * @param folder its folder
 * @param bytes the size of its files
 * @param session what counts
 * @param report what was found
 */
public record StoredLog(String clientId, Path folder, long bytes, StoredSession session, RecoveryReport report) {
    /**
     * Looks at all sessions of a store, by the name of their folders.
     *
     * @throws IOException if there is no such folder, or it cannot be read
     */
    public static List<StoredLog> in(Path store) throws IOException {
        if (!store.toFile().isDirectory()) {
            throw new IOException(store + " is not a folder; give the one that DiskStore.at was given");
        }
        List<StoredLog> logs = new ArrayList<>();
        for (String name : Disk.SYSTEM.list(store).stream().sorted().toList()) {
            Path folder = store.resolve(name);
            if (folder.toFile().isDirectory()) {
                logs.add(read(Disk.SYSTEM, folder));
            }
        }
        return logs;
    }

    static StoredLog read(Disk disk, Path folder) throws IOException {
        Recovery.Result found = Recovery.read(disk, folder, String.valueOf(folder.getFileName()), false);
        try {
            long bytes = 0;
            for (LogFile part : found.parts()) {
                bytes += part.file.size();
            }
            return new StoredLog(found.report().clientId(), folder, bytes, found.session(), found.report());
        } finally {
            found.close();
        }
    }
}
