package io.godwit.cli.doctor;

import io.godwit.cli.output.Terminal.Colour;
import java.util.Locale;

/** The outcome of a step. */
public enum Status {
    GOOD("✓", Colour.GOOD),
    /** It works, at least in part, but something about it is worth knowing. */
    WARNING("!", Colour.WARNING),
    FAILED("✗", Colour.BAD),
    /** Not tried, for the reason that is given. */
    SKIPPED("-", Colour.FAINT);

    private final String sign;
    private final Colour colour;

    Status(String sign, Colour colour) {
        this.sign = sign;
        this.colour = colour;
    }

    public String sign() {
        return sign;
    }

    public Colour colour() {
        return colour;
    }

    /** As it stands in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
