package io.godwit.mqtt.protocol;

/** Quality of service: how hard sender and receiver work for a message to arrive, section 4.3 of the standard. */
public enum Qos {
    /** QoS 0: sent once, not acknowledged. */
    AT_MOST_ONCE,
    /** QoS 1: sent until acknowledged; may arrive more than once. */
    AT_LEAST_ONCE,
    /** QoS 2: arrives exactly once. */
    EXACTLY_ONCE;

    private static final Qos[] LEVELS = values();

    /** The number on the wire: 0, 1 or 2. */
    public int level() {
        return ordinal();
    }

    /**
     * The quality of service with this number.
     *
     * @throws IllegalArgumentException unless {@code level} is 0, 1 or 2
     */
    public static Qos of(int level) {
        if (level < 0 || level > 2) {
            throw new IllegalArgumentException("QoS " + level + " does not exist: it is 0, 1 or 2 [MQTT-3.3.1-4]");
        }
        return LEVELS[level];
    }

    /** The lower of the two: what a broker that grants at most {@code limit} will give. */
    public Qos atMost(Qos limit) {
        return compareTo(limit) <= 0 ? this : limit;
    }
}
