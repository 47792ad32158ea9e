package io.godwit.web.page;

import java.util.List;

/** A request of the page fails; the page shows why. */
final class RequestException extends Exception {
    private static final long serialVersionUID = 1;

    /** What a page can tell apart. */
    enum Code {
        INVALID("invalid"),
        GONE("gone"),
        READ_ONLY("readOnly"),
        NOT_CONNECTED("notConnected"),
        FAILED("failed"),
        TIMEOUT("timeout"),
        TOO_LARGE("tooLarge"),
        BUSY("busy");

        private final String label;

        Code(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private final Code code;
    private final transient List<String> advice;

    RequestException(Code code, String text) {
        this(code, text, List.of());
    }

    RequestException(Code code, String text, List<String> advice) {
        super(text);
        this.code = code;
        this.advice = List.copyOf(advice);
    }

    Code code() {
        return code;
    }

    List<String> advice() {
        return advice;
    }

    static RequestException invalid(String text) {
        return new RequestException(Code.INVALID, text);
    }

    static RequestException gone(String what) {
        return new RequestException(Code.GONE, what + " is no longer kept");
    }
}
