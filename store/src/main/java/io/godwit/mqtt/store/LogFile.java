package io.godwit.mqtt.store;

/** A file of a log that is being read, and the range of addresses in it. */
final class LogFile {
    final String name;
    final long start;
    final Disk.File file;
    long end;
    /** Whether the file is marked as continued. */
    boolean continued;

    LogFile(String name, long start, Disk.File file) {
        this.name = name;
        this.start = start;
        this.file = file;
        this.end = start;
    }
}
