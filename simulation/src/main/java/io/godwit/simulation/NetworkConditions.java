package io.godwit.simulation;

/** How fast the network is now, for all connections. */
final class NetworkConditions {
    private final long usualLatency;
    private long latency;
    private int bytesPerSecond;

    /** @param usualLatency most milliseconds that bytes take while nothing is wrong */
    NetworkConditions(long usualLatency) {
        this.usualLatency = usualLatency;
        this.latency = usualLatency;
    }

    long latency() {
        return latency;
    }

    void latency(long milliseconds) {
        latency = milliseconds;
    }

    /** 0: without limit. */
    int bytesPerSecond() {
        return bytesPerSecond;
    }

    void bytesPerSecond(int rate) {
        bytesPerSecond = rate;
    }

    void heal() {
        latency = usualLatency;
        bytesPerSecond = 0;
    }
}
