package io.godwit.simulation.kill;

/**
 * What a broker is known to do wrong whatever the client does, shown by {@code interop/resume} with plain bytes. What is
 * excused is counted and reported, and does not fail the campaign.
 *
 * @param order it hands messages of one topic on in another order [MQTT-4.6.0-6]
 * @param identifiers a message of QoS 2 whose PUBREC was lost with the connection it sends again as a new one, with another
 *     identifier and without DUP, so that no client can know it [MQTT-4.4.0-1]; and after a restart it gives new messages
 *     identifiers that are still in use, so that the client must take them for repetitions [MQTT-4.3.3-10]
 * @param memory with a restart it forgets which identifiers it has received, and takes a repetition for a new message
 */
record Excuses(boolean order, boolean identifiers, boolean memory) {
    static final Excuses NONE = new Excuses(false, false, false);

    static Excuses of(String broker) {
        return switch (broker) {
            case "artemis" -> new Excuses(true, true, true);
            case "hivemq" -> new Excuses(false, false, true);
            default -> NONE;
        };
    }
}
