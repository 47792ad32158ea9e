package io.godwit.nodemcu.lua.device;

import java.util.HashMap;
import java.util.Map;
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

    private static final byte[] REMOVED = new byte[0];

    private FlashImage image;
    private final Map<String, byte[]> changes = new HashMap<>(2);
    private @Nullable Sink sink;

    public Flash(FlashImage image) {
        this.image = image;
    }

    /** Sees every change, to keep it on the host's disk. */
    public interface Sink {
        /** {@code content} is null when the file was removed. */
        void changed(String name, byte @Nullable [] content);
    }

    public void sink(@Nullable Sink sink) {
        this.sink = sink;
    }

    /** Flashes anew: files that the device wrote itself stay, those it changed are as in the image again. */
    public void reflash(FlashImage image) {
        this.image = image;
        for (String name : image.names()) {
            changes.remove(name);
        }
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

    /** @return whether there was room */
    public boolean write(String name, byte[] content) {
        String plain = plain(name);
        byte[] before = read(plain);
        if (used() - (before == null ? 0 : before.length) + content.length > CAPACITY) {
            return false;
        }
        // The marker is an identity: an empty file needs an array of its own.
        changes.put(plain, content.length == 0 ? new byte[0] : content);
        if (sink != null) {
            sink.changed(plain, content);
        }
        return true;
    }

    public void remove(String name) {
        String plain = plain(name);
        if (exists(plain)) {
            changes.put(plain, REMOVED);
            if (sink != null) {
                sink.changed(plain, null);
            }
        }
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
