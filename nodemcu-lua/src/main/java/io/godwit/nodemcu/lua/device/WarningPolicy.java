package io.godwit.nodemcu.lua.device;

import io.godwit.nodemcu.WarningType;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which warnings are disabled and which count as errors of the script.
 *
 * @param disabled never reported
 * @param errors reported as an uncaught error would be; the device keeps running
 */
public record WarningPolicy(Set<WarningType> disabled, Set<WarningType> errors) {

    /** Every warning is reported, none is an error. */
    public static final WarningPolicy DEFAULT = new WarningPolicy(Set.of(), Set.of());

    public WarningPolicy {
        disabled = Set.copyOf(disabled);
        errors = Set.copyOf(errors);
    }

    /**
     * Reads a comma-separated list: {@code error} turns all warnings into errors, {@code none} disables all, a name turns
     * that warning into an error, and a name after {@code no-} disables it.
     *
     * @throws IllegalArgumentException if a name is unknown; the message lists the names
     */
    public static WarningPolicy parse(String text) {
        Set<WarningType> disabled = EnumSet.noneOf(WarningType.class);
        Set<WarningType> errors = EnumSet.noneOf(WarningType.class);
        for (String part : text.split(",", -1)) {
            String name = part.strip();
            if (name.equals("error")) {
                errors.addAll(EnumSet.allOf(WarningType.class));
            } else if (name.equals("none")) {
                disabled.addAll(EnumSet.allOf(WarningType.class));
            } else if (name.startsWith("no-")) {
                disabled.add(WarningType.of(name.substring(3)));
            } else {
                errors.add(WarningType.of(name));
            }
        }
        return new WarningPolicy(disabled, errors);
    }
}
