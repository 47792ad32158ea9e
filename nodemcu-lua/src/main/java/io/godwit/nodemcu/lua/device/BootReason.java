package io.godwit.nodemcu.lua.device;

/** Why a device booted, with the two numbers that {@code node.bootreason()} reports for it on an ESP8266. */
public enum BootReason {
    POWER_ON(1, 0),
    PANIC(2, 2),
    WATCHDOG(2, 3),
    RESTART(2, 4),
    DEEP_SLEEP(4, 5),
    RESET_PIN(2, 6);

    private final int raw;
    private final int extended;

    BootReason(int raw, int extended) {
        this.raw = raw;
        this.extended = extended;
    }

    public int raw() {
        return raw;
    }

    public int extended() {
        return extended;
    }
}
