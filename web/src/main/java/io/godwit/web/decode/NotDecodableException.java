package io.godwit.web.decode;

/** A payload is not of the format that the rule says; the message says where and why. */
public final class NotDecodableException extends Exception {
    private static final long serialVersionUID = 1;

    public NotDecodableException(String message) {
        super(message);
    }
}
