package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.lua.device.FlashImage;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices that a file of a folder was saved, and reads the files again once the editor has finished. */
final class FolderWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    /** Editors save in several steps. */
    private static final long QUIET_MILLIS = 200;

    private final Path folder;
    private final Path image;
    private final Consumer<FlashImage> changed;
    private final WatchService service;

    /** Watches a folder; the image is read from the folder itself or a script in it. */
    FolderWatch(Path folder, Path image, Consumer<FlashImage> changed) throws IOException {
        this.folder = folder;
        this.image = image;
        this.changed = changed;
        this.service = folder.getFileSystem().newWatchService();
        folder.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
        Thread thread = new Thread(this::watch, "godwit-folder-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                WatchKey key = service.take();
                while (key != null) {
                    key.pollEvents();
                    key.reset();
                    key = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
                }
                try {
                    changed.accept(FlashImage.read(image));
                } catch (IOException e) {
                    LOG.warn("cannot read {}: {}", image, e.getMessage());
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.warn("cannot stop watching {}: {}", folder, e.getMessage());
        }
    }
}
