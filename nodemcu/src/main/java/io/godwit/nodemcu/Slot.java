package io.godwit.nodemcu;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place for the callback of all publishes (or subscribes, or unsubscribes): the last function given is called for
 * each operation that completes. Guarded by the client's lock.
 *
 * <p>On an ESP32 as documented, the function is forgotten once nothing is outstanding, so that a later call without a
 * function does not fire an old one; on an ESP8266 it stays for good; the ESP32's code calls it once.
 */
final class Slot {

    private final Profile profile;
    private @Nullable Consumer<Mqtt> last;
    private @Nullable Consumer<Mqtt> permanent;
    private int outstanding;

    Slot(Profile profile) {
        this.profile = profile;
    }

    /**
     * An operation begins.
     *
     * @return whether a function that was still waiting for its operation has lost it to this one
     */
    boolean begin(@Nullable Consumer<Mqtt> function) {
        boolean replaced = function != null && last != null && outstanding > 0 && function != last;
        if (function != null) {
            last = function;
        }
        outstanding++;
        return replaced;
    }

    /** An operation has ended; what it gives is to be called outside the lock. */
    @Nullable
    Consumer<Mqtt> end(boolean success, boolean acknowledged) {
        outstanding = Math.max(0, outstanding - 1);
        Consumer<Mqtt> function = last;
        if (profile.isStrict()) {
            if (!acknowledged) {
                return null;
            }
            last = null;
        } else if (profile.isEsp32() && outstanding == 0) {
            last = null;
        }
        if (!success) {
            return null;
        }
        Consumer<Mqtt> always = permanent;
        if (always == null || always == function) {
            return function;
        }
        return function == null ? always : function.andThen(always);
    }

    /** {@code on("puback", f)} and its like: on the ESP8266 it is the same place, elsewhere one of its own. */
    void permanent(@Nullable Consumer<Mqtt> function) {
        if (profile.isEsp8266()) {
            last = function;
        } else {
            permanent = function;
        }
    }

    /** The connection is another one: what was outstanding will never complete. */
    void reset() {
        outstanding = 0;
        if (profile == Profile.ESP32) {
            last = null;
        }
    }
}
