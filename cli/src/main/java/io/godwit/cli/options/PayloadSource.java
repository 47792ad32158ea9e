package io.godwit.cli.options;

import java.io.IOException;
import picocli.CommandLine.Option;

/** Where the payload of a message comes from; a group of options of which one is given. */
public class PayloadSource extends MessageSource {
    @Option(
            names = {"-s", "--stdin-file"},
            description = "Send all of standard input as one message.")
    private boolean input;

    @Option(
            names = {"-n", "--null-message"},
            description = "Send a message without payload.")
    private boolean empty;

    /**
     * The payload; reads it where it lies.
     *
     * @throws IllegalArgumentException when none of the options was given
     */
    public final byte[] bytes() throws IOException {
        byte[] given = given();
        if (given != null) {
            return given;
        } else if (input) {
            return System.in.readAllBytes();
        } else if (empty) {
            return new byte[0];
        }
        throw new IllegalArgumentException("missing message: use -m TEXT, -f FILE, -s or -n");
    }
}
