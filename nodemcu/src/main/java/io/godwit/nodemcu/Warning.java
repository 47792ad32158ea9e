package io.godwit.nodemcu;

/**
 * A hint that a call does not do what its author probably expects, here or on a real device.
 *
 * @param text one line without the warning's name
 */
public record Warning(WarningType type, String text) {

    @Override
    public String toString() {
        return text + " [" + type + "]";
    }
}
