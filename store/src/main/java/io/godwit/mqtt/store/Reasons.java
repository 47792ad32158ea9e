package io.godwit.mqtt.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an I/O error was about: the messages of file system exceptions are often no more than a path. */
final class Reasons {
    private Reasons() {}

    static String of(IOException failure) {
        if (!(failure instanceof FileSystemException fileSystem)) {
            return String.valueOf(failure.getMessage());
        }
        String reason = fileSystem.getReason();
        return fileSystem.getFile() + ": " + (reason != null ? reason : kind(fileSystem));
    }

    private static String kind(FileSystemException failure) {
        if (failure instanceof AccessDeniedException) {
            return "access denied";
        } else if (failure instanceof NoSuchFileException) {
            return "no such file or folder, and it cannot be created";
        } else if (failure instanceof FileAlreadyExistsException) {
            return "exists and is not a folder";
        }
        return failure.getClass().getSimpleName();
    }
}
