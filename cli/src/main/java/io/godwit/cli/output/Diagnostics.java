package io.godwit.cli.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns Java's file exceptions into sentences. */
public final class Diagnostics {
    private Diagnostics() {}

    /** Why a file cannot be read or written. */
    public static String about(Path file, IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "file not found: " + file;
        }
        if (failure instanceof AccessDeniedException) {
            return "cannot open file " + file + ": permission denied";
        }
        return "cannot use file " + file + ": " + failure.getMessage();
    }
}
