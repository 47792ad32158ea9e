package io.godwit.mqtt.client.session;

/**
 * Decides when to send PINGREQ and when to give the connection up, section 3.1.2.10, in both directions: a ping is due
 * after {@value #PING_WHEN_SENT_NOTHING} percent of the keep alive without sending, as the broker expects, and after
 * {@value #PING_WHEN_SILENT} percent without a sign of life, so that a connection of which only this half is alive is
 * noticed. The connection is dead after {@value #DEAD_WHEN_SILENT} percent without a sign of life.
 *
 * <p>Signs of life are: a whole packet; of an incomplete one, a byte for each {@value #NANOS_PER_BYTE} nanoseconds, so that
 * no trickle keeps a connection up forever; and progress in sending what waits for the network, since a reply to a ping
 * cannot come before the ping has been written.
 */
final class KeepAlive {
    private static final int PING_WHEN_SENT_NOTHING = 90;
    private static final int PING_WHEN_SILENT = 70;
    private static final int DEAD_WHEN_SILENT = 142;

    /** The slowest packet: a kilobyte a second. */
    private static final long NANOS_PER_BYTE = 1_000_000;

    private long interval;
    private long lastSent;
    private long lastAlive;
    private boolean pinged;

    /** A connection begins. An interval of 0 switches the keep alive off [MQTT-3.1.2-23]. */
    void start(long now, long intervalNanos) {
        interval = intervalNanos;
        lastSent = now;
        lastAlive = now;
        pinged = false;
    }

    void stop() {
        interval = 0;
    }

    /** The time between two looks at whether what waits for the network makes progress; 0: nobody has to look. */
    long lookInterval() {
        return interval / 16;
    }

    void sent(long now) {
        lastSent = now;
    }

    /** A whole packet has arrived: the broker is there, and has answered a ping. */
    void received(long now) {
        lastAlive = now;
        pinged = false;
    }

    /** Bytes of a packet that is not complete have arrived. */
    void receivedPart(long now, int bytes) {
        long credited = lastAlive + bytes * NANOS_PER_BYTE;
        if (credited - now >= 0) {
            received(now);
        } else {
            lastAlive = credited;
        }
    }

    /** Bytes that had waited for the network have been written. */
    void wrote(long now) {
        lastAlive = now;
    }

    /** When {@link #pingDue} or {@link #isDead} may next be true; {@link Long#MAX_VALUE} when it is off. */
    long deadline() {
        if (interval == 0) {
            return Long.MAX_VALUE;
        }
        if (pinged) {
            return after(lastAlive, DEAD_WHEN_SILENT);
        }
        long silent = after(lastAlive, PING_WHEN_SILENT);
        long idle = after(lastSent, PING_WHEN_SENT_NOTHING);
        return silent - idle < 0 ? silent : idle;
    }

    private long after(long time, int percent) {
        return time + interval / 100 * percent;
    }

    boolean pingDue(long now) {
        return interval != 0 && !pinged && now - deadline() >= 0;
    }

    void pinged(long now) {
        pinged = true;
        lastSent = now;
    }

    boolean isDead(long now) {
        return interval != 0 && pinged && now - deadline() >= 0;
    }
}
