package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long INTERVAL = 60 * SECOND;

    private final KeepAlive keepAlive = new KeepAlive();
    private long now = -3 * SECOND; // the clock may be negative

    @BeforeEach
    void connect() {
        keepAlive.start(now, INTERVAL);
    }

    /** Pings when that is due and returns how many seconds it takes until the connection is given up. */
    private long secondsUntilDead() {
        long start = now;
        while (!keepAlive.isDead(now)) {
            if (keepAlive.pingDue(now)) {
                keepAlive.pinged(now);
            }
            now += SECOND;
        }
        return (now - start) / SECOND;
    }

    @Test
    @DisplayName("[MQTT-3.1.2-22] a silent connection is given up within 1.5 keep alives")
    void a_silent_connection_is_given_up_within_one_and_a_half_keep_alives() {
        assertThat(secondsUntilDead()).isBetween(80L, 90L);
    }

    @Test
    void a_reply_that_takes_more_than_half_a_keep_alive_is_in_time() {
        for (int i = 0; i < 10; i++) {
            while (!keepAlive.pingDue(now)) {
                now += SECOND;
            }
            keepAlive.pinged(now);
            now += 40 * SECOND;
            assertThat(keepAlive.isDead(now)).isFalse();
            keepAlive.received(now);
        }
    }

    @Test
    void what_leaves_for_the_network_is_a_sign_of_life_and_its_end_is_noticed() {
        keepAlive.pinged(now);
        for (int i = 0; i < 600; i++) {
            now += SECOND;
            keepAlive.wrote(now);
            assertThat(keepAlive.isDead(now)).isFalse();
        }

        assertThat(secondsUntilDead()).isBetween(80L, 90L);
    }

    @Test
    void a_packet_that_arrives_steadily_is_a_sign_of_life() {
        for (int i = 0; i < 600; i++) {
            if (keepAlive.pingDue(now)) {
                keepAlive.pinged(now);
            }
            now += SECOND;
            keepAlive.receivedPart(now, 2_000);
            assertThat(keepAlive.isDead(now)).isFalse();
        }
    }

    @Test
    void bytes_of_a_packet_that_never_ends_keep_no_connection_alive() {
        long start = now;
        while (!keepAlive.isDead(now)) {
            if (keepAlive.pingDue(now)) {
                keepAlive.pinged(now);
            }
            now += SECOND;
            keepAlive.receivedPart(now, 100);
        }

        assertThat(now - start).isLessThan(2 * INTERVAL);
    }

    @Test
    void a_burst_of_bytes_buys_no_time_in_advance() {
        keepAlive.receivedPart(now, 100_000_000);

        assertThat(secondsUntilDead()).isLessThan(90);
    }

    @Test
    void a_client_that_only_sends_still_asks_whether_the_broker_is_there() {
        long start = now;
        while (!keepAlive.pingDue(now)) {
            now += SECOND;
            keepAlive.sent(now);
        }

        assertThat(now - start).isLessThan(INTERVAL);
    }

    @Test
    void a_keep_alive_of_zero_is_off() {
        keepAlive.start(now, 0);

        assertThat(keepAlive.deadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(keepAlive.pingDue(now + 1000 * INTERVAL)).isFalse();
    }
}
