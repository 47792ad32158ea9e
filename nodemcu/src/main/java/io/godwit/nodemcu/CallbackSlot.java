package io.godwit.nodemcu;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callback that all publishes (or subscribes, or unsubscribes) of a client share: the last function given is called
 * for each operation that completes. Guarded by the client's lock.
 *
 * <p>As documented for the ESP32, the function is dropped once nothing is outstanding, so that a later call without a
 * function does not call an old one. On an ESP8266 it stays for good. The ESP32's code calls it once.
 */
final class CallbackSlot {

    private final Profile profile;
    private @Nullable Consumer<Mqtt> last;
    private @Nullable Consumer<Mqtt> permanent;
    private int outstanding;

    CallbackSlot(Profile profile) {
        this.profile = profile;
    }

    /**
     * Notes that an operation was accepted.
     *
     * @return whether its function replaces one that still waits for its own operation
     */
    boolean begin(@Nullable Consumer<Mqtt> function) {
        boolean replaced = function != null && last != null && outstanding > 0 && function != last;
        if (function != null) {
            last = function;
        }
        outstanding++;
        return replaced;
    }

    /** Notes that an operation has ended and returns the function to call, outside the lock. */
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

    /** Sets the function of {@code on("puback", f)} and the like: on an ESP8266 it is the same slot, elsewhere its own. */
    void permanent(@Nullable Consumer<Mqtt> function) {
        if (profile.isEsp8266()) {
            last = function;
        } else {
            permanent = function;
        }
    }

    /** Forgets what is outstanding on a connection that is gone. */
    void reset() {
        outstanding = 0;
        if (profile == Profile.ESP32) {
            last = null;
        }
    }
}
