package io.godwit.mqtt.store;

import java.time.Duration;

/**
 * When a change counts as safe, and so when a publish counts as accepted: a choice between what a crash can lose and
 * what a publish costs.
 *
 * <table>
 * <caption>What can be lost</caption>
 * <tr><th></th><th>the process dies</th><th>the machine or its power fails</th></tr>
 * <tr><td>{@link #FORCED}</td><td>nothing that was accepted</td><td>nothing that was accepted</td></tr>
 * <tr><td>{@link #written}(n)</td><td>nothing that was accepted</td><td>what was accepted in the last n, and then exactly
 * once is no longer promised for it</td></tr>
 * </table>
 *
 * @param forcedEvery zero: each force waits for the disk; otherwise how often the disk is forced
 */
public record Durability(Duration forcedEvery) {
    /** Safe means on the disk: one force of the file for all that wait for it. */
    public static final Durability FORCED = new Durability(Duration.ZERO);

    public Durability {
        if (forcedEvery.isNegative() || forcedEvery.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(
                    "durability " + forcedEvery + " is out of range: zero (forced at once) to 10 minutes");
        }
    }

    /**
     * Safe means handed to the operating system; the disk is forced behind it.
     *
     * @param every more than zero, at most ten minutes
     */
    public static Durability written(Duration every) {
        if (every.isZero()) {
            throw new IllegalArgumentException(
                    "written durability needs an interval above zero; FORCED is what forces at once");
        }
        return new Durability(every);
    }

    boolean forcesAtOnce() {
        return forcedEvery.isZero();
    }
}
