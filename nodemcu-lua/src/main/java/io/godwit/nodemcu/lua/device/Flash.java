package io.godwit.nodemcu.lua.device;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one device: the image it was flashed with and what it has written or removed since. Survives restarts.
 * Nothing outside of it can be reached, whatever name a script uses. Thread of the device, except where the host has
 * stopped it.
 */
public final class Flash {

    /** What a typical board offers to files; writing beyond it fails as it does there. */
    public static final int CAPACITY = 3 << 20;
    /** The most files; the chip has no limit of its own, but each costs a page. */
    private static final int MAX_FILES = 4096;

    private static final byte[] REMOVED = new byte[0];

    private FlashImage image;
    private final Map<String, byte[]> changes = new HashMap<>(2);
    private final Set<String> folders = new HashSet<>(0);
    private @Nullable Sink sink;

    public Flash(FlashImage image) {
        this.image = image;
    }

    /** Keeps changes on the host's disk. */
    public interface Sink {
        /** Whether the disk can hold a file of that name; a change of another is refused. */
        boolean accepts(String name);

        /** Writes a file, or removes it if {@code content} is null. */
        void changed(String name, byte @Nullable [] content);
    }

    public void sink(@Nullable Sink newSink) {
        this.sink = newSink;
    }

    /**
     * Flashes a new image: files that the device wrote itself stay, those it changed are as in the image again. An image that
     * differs from the one before only by what this device has changed itself leaves its files as they are.
     *
     * @return whether a file is another, or gone, for the device
     */
    public boolean reflash(FlashImage newImage) {
        Set<String> names = new HashSet<>();
        image.names().forEach(names::add);
        newImage.names().forEach(names::add);
        names.removeIf(name -> Arrays.equals(image.get(name), newImage.get(name)));
        boolean isNew = names.stream().anyMatch(name -> !Arrays.equals(newImage.get(name), read(name)));
        image = newImage;
        (isNew ? newImage.names() : names).forEach(changes::remove);
        return isNew;
    }

    private static String plain(String name) {
        String plain = name.startsWith("/FLASH/") ? name.substring(7) : name;
        return plain.startsWith("/") ? plain.substring(1) : plain;
    }

    public byte @Nullable [] read(String name) {
        String plain = plain(name);
        byte[] changed = changes.get(plain);
        if (changed != null) {
            return changed == REMOVED ? null : changed;
        }
        return image.get(plain);
    }

    public boolean exists(String name) {
        return read(name) != null;
    }

    private boolean isAccepted(String plain) {
        return sink == null || sink.accepts(plain);
    }

    /** Writes a file; returns false, and changes nothing, if there is no room or the name cannot be kept. */
    public boolean write(String name, byte[] content) {
        String plain = plain(name);
        byte[] before = read(plain);
        if (used() - (before == null ? 0 : before.length) + content.length > CAPACITY
                || before == null && changes.size() >= MAX_FILES
                || !isAccepted(plain)) {
            return false;
        }
        put(plain, content);
        return true;
    }

    private void put(String plain, byte[] content) {
        // The marker is an identity: an empty file needs an array of its own.
        changes.put(plain, content.length == 0 ? new byte[0] : content);
        if (sink != null) {
            sink.changed(plain, content);
        }
    }

    /** Removes a file; returns false if the disk must keep it. */
    public boolean remove(String name) {
        String plain = plain(name);
        if (!exists(plain)) {
            return true;
        }
        if (!isAccepted(plain)) {
            return false;
        }
        if (image.get(plain) == null) {
            changes.remove(plain);
        } else {
            changes.put(plain, REMOVED);
        }
        if (sink != null) {
            sink.changed(plain, null);
        }
        return true;
    }

    /** Renames a file; returns false, and changes nothing, if it is missing, the new name is taken or cannot be kept. */
    public boolean rename(String from, String to) {
        byte[] content = read(from);
        String target = plain(to);
        if (content == null || exists(target) || !isAccepted(plain(from)) || !isAccepted(target)) {
            return false;
        }
        // First the copy, then the removal: whatever happens in between loses nothing.
        put(target, content);
        remove(from);
        return true;
    }

    /** Makes a folder; returns false if it exists. */
    public boolean makeFolder(String name) {
        return folders.size() < MAX_FILES && folders.add(plain(name));
    }

    public boolean isFolder(String name) {
        return folders.contains(plain(name));
    }

    /** Name to size, in the order of names. */
    public Map<String, Integer> list() {
        Map<String, Integer> list = new TreeMap<>();
        for (String name : image.names()) {
            byte[] content = read(name);
            if (content != null) {
                list.put(name, content.length);
            }
        }
        changes.forEach((name, content) -> {
            if (content != REMOVED) {
                list.put(name, content.length);
            }
        });
        return list;
    }

    public int used() {
        int used = 0;
        for (int size : list().values()) {
            used += size;
        }
        return used;
    }
}
