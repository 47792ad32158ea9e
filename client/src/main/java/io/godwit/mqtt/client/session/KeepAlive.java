package io.godwit.mqtt.client.session;

/**
 * Decides when to send PINGREQ and when to give the connection up, section 3.1.2.10, in both directions: a ping is due
 * when nothing was sent for the keep alive, as the broker expects, and also when nothing was received for it, so that a
 * connection of which only this half is alive is noticed. Found within 1.5 times the keep alive: a ping after 0.9 of it,
 * and half of it for any answer.
 */
final class KeepAlive {
    private long interval;
    private long lastSent;
    private long lastReceived;
    private long pingedAt;
    private boolean pinged;

    /** Begins anew with a connection. An interval of 0 switches it off [MQTT-3.1.2-23]. */
    void start(long now, long intervalNanos) {
        interval = intervalNanos;
        lastSent = now;
        lastReceived = now;
        pinged = false;
    }

    void stop() {
        interval = 0;
    }

    void sent(long now) {
        lastSent = now;
    }

    /** Anything that comes proves that the broker is there. */
    void received(long now) {
        lastReceived = now;
        pinged = false;
    }

    /** When {@link #pingDue} or {@link #isDead} may next be true; {@link Long#MAX_VALUE} when it is off. */
    long deadline() {
        if (interval == 0) {
            return Long.MAX_VALUE;
        }
        return pinged ? pingedAt + interval / 2 : Math.min(lastSent, lastReceived) + interval * 9 / 10;
    }

    boolean pingDue(long now) {
        return interval != 0 && !pinged && now - deadline() >= 0;
    }

    void pinged(long now) {
        pinged = true;
        pingedAt = now;
        lastSent = now;
    }

    boolean isDead(long now) {
        return interval != 0 && pinged && now - deadline() >= 0;
    }
}
