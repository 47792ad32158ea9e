package io.godwit.mqtt.store;

import java.nio.file.Path;
import java.util.List;

/**
 * What the opening of a session's log found.
 *
 * @param clientId the session
 * @param folder its folder
 * @param segments files that were read
 * @param records whole records in them
 * @param tornBytes bytes at the very end that a crash cut off in the writing: nothing that was safe
 * @param damages places that were not whole though more came after them, or that could not be told from it
 */
public record RecoveryReport(
        String clientId, Path folder, int segments, long records, long tornBytes, List<Damage> damages) {
    public RecoveryReport {
        damages = List.copyOf(damages);
    }

    /** Whether all that was written was read again, but for a torn end. */
    public boolean isWhole() {
        return damages.isEmpty();
    }

    /**
     * One place that could not be read.
     *
     * @param segment the file
     * @param offset where in it, in bytes from the beginning
     * @param bytes how many; all of a missing file counts
     * @param what for a person to read
     * @param setAside the name, in the folder of the session, of the file that the bytes were copied to; empty when there
     *     were none to copy
     */
    public record Damage(String segment, long offset, long bytes, String what, String setAside) {}
}
