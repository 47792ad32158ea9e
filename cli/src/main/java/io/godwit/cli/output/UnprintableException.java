package io.godwit.cli.output;

/** A payload is not what the format asks for: JSON, or a number of four or eight bytes. */
public final class UnprintableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnprintableException(String message) {
        super(message);
    }
}
