package io.godwit.cli.simulate;

import io.godwit.cli.fleet.Identities;
import java.io.IOException;
import java.nio.file.Path;

/** Lets tests of other packages read the files of fleets. */
public final class FleetFiles {
    private FleetFiles() {}

    /** Reads a fleet's YAML or a recording. */
    public static void read(Path file) throws IOException {
        FleetFile.read(file);
    }

    /** Reads the table of identities. */
    public static void readIdentities(Path file) throws IOException {
        Identities.read(file);
    }
}
