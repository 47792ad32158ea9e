package io.godwit.interop.kafka;

import io.godwit.checks.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** An MQTT broker that keeps its sessions over a restart, from {@code interop/}. */
enum CampaignBroker {
    /** Mosquitto 2.0 forgets shared subscriptions at a restart, so each task has filters of its own. */
    MOSQUITTO(false),
    HIVEMQ(true),
    ARTEMIS(true);

    /** Whether the tasks share one subscription unless the user says otherwise. */
    final boolean shares;

    CampaignBroker(boolean shares) {
        this.shares = shares;
    }

    boolean isInstalled() {
        return this != MOSQUITTO || Programs.find("mosquitto").isPresent();
    }

    /** @param settings further lines of mosquitto.conf; the other brokers ignore them */
    ServerScript script(Path folder, String settings) throws IOException {
        // By default Mosquitto drops what exceeds 1,000 messages for a session. It saves when it ends, which is enough
        // for SIGTERM; to save at each change would cost more than all else.
        return ServerScript.broker(
                folder,
                toString(),
                Map.of(
                        "SETTINGS",
                        "max_queued_messages 0\nautosave_on_changes false\nautosave_interval 60\n" + settings));
    }

    /** The name of its script, and on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
