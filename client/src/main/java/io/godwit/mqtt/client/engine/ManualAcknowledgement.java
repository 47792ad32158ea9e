package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Utf8;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A handler's share of a message that it settles itself, once. */
final class ManualAcknowledgement implements Acknowledgement {
    private final Settlement settlement;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** @param settlement of which this has a share */
    ManualAcknowledgement(Settlement settlement) {
        this.settlement = settlement;
    }

    @Override
    public void acknowledge() {
        if (take()) {
            settlement.settle(Resolution.ACKNOWLEDGE);
        }
    }

    @Override
    public void reject(ReasonCode reason, @Nullable String text) {
        FailurePolicy.reject(reason); // checks it
        if (text != null) {
            Utf8.check("reason string", text);
        }
        if (take()) {
            settlement.settle(Resolution.reject(reason, text));
        }
    }

    Settlement settlement() {
        return settlement;
    }

    /** Whether the share was not settled; from now on it is the caller's. */
    boolean take() {
        return settled.compareAndSet(false, true);
    }
}
