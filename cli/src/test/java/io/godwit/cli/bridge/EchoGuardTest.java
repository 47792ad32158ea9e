package io.godwit.cli.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Messages that come back to a bridge. */
class EchoGuardTest {
    private static final Message MESSAGE = Message.of("t", "1");

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final EchoGuard guard = new EchoGuard(Duration.ofSeconds(30), clock::get);

    @Test
    void each_published_message_is_an_echo_once() {
        guard.published(MESSAGE);
        guard.published(MESSAGE);

        assertThat(guard.isEcho(MESSAGE)).isTrue();
        assertThat(guard.isEcho(MESSAGE)).isTrue();
        assertThat(guard.isEcho(MESSAGE)).isFalse();
    }

    @Test
    void other_messages_are_none() {
        guard.published(MESSAGE);

        assertThat(guard.isEcho(Message.of("t", "2"))).isFalse();
        assertThat(guard.isEcho(Message.of("u", "1"))).isFalse();
        assertThat(guard.isEcho(MESSAGE)).isTrue();
    }

    @Test
    void what_does_not_come_back_is_forgotten() {
        guard.published(MESSAGE);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(20));
        guard.published(MESSAGE);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(20));
        guard.published(Message.of("u", "1"));

        assertThat(guard.isEcho(MESSAGE)).isTrue();
        assertThat(guard.isEcho(MESSAGE)).isFalse();
    }
}
