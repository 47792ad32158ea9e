package io.godwit.cli.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns what Java says of files into sentences. */
public final class Diagnostics {
    private Diagnostics() {}

    /** Why a file cannot be read or written. */
    public static String about(Path file, IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no file " + file;
        }
        if (failure instanceof AccessDeniedException) {
            return "the file " + file + " may not be opened: permission denied";
        }
        return "the file " + file + " cannot be used: " + failure.getMessage();
    }
}
