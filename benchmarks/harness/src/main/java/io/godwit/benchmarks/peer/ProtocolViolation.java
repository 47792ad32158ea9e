package io.godwit.benchmarks.peer;

import java.io.IOException;

/** A contender sent what the peer does not understand: a fault of the harness or of the contender, so it is shown. */
final class ProtocolViolation extends IOException {

    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        super(message);
    }
}
