package io.godwit.mqtt.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What the store needs of a file system. {@link #SYSTEM} is the real one; tests and simulations have their own, which fill
 * up, tear a write or lose what was not forced.
 */
public interface Disk {
    /** The file system of the machine. */
    Disk SYSTEM = new SystemDisk();

    /** Creates a folder and its missing parents, accessible to their owner only where the file system knows owners. */
    void createFolder(Path folder) throws IOException;

    /** The names in a folder, in no order; empty if there is no such folder. */
    List<String> list(Path folder) throws IOException;

    /** Opens a file to read and write. Creates it if it is missing, accessible to its owner only. */
    File open(Path path) throws IOException;

    void delete(Path path) throws IOException;

    /** Gives a file another name in the same folder, in one step; replaces the file that has it. */
    void rename(Path from, Path to) throws IOException;

    /** Makes created and deleted names of a folder survive a crash of the machine, where the system can. */
    void forceFolder(Path folder) throws IOException;

    /**
     * Takes a lock that no other store in any process holds.
     *
     * @return releases it when closed
     * @throws IOException if it is held by another store; the message says by whom if that is known
     */
    Closeable lock(Path path) throws IOException;

    /** An open file. Positions are in bytes from its beginning. */
    interface File extends Closeable {
        long size() throws IOException;

        /** Fills the buffer from {@code position} on, less at the end of the file. */
        void read(ByteBuffer into, long position) throws IOException;

        /** Writes all that remains in the buffer. */
        void write(ByteBuffer bytes, long position) throws IOException;

        void truncate(long size) throws IOException;

        /** Returns when all that was written would survive a crash of the machine. */
        void force() throws IOException;
    }
}
