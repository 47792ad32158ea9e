package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.protocol.Message;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Counts messages and prints each second how many came. */
final class RateSink implements MessageSink {
    private final Terminal terminal;
    private final LongAdder count = new LongAdder();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean gone;

    RateSink(Terminal terminal) {
        this.terminal = terminal;
        Thread printer = new Thread(this::print, "godwit-message-rate");
        printer.setDaemon(true);
        printer.start();
    }

    private void print() {
        long next = System.nanoTime();
        try {
            do {
                next += TimeUnit.SECONDS.toNanos(1);
                if (over.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return;
                }
                gone = !terminal.line(String.valueOf(count.sumThenReset()));
            } while (!gone);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int take(Message message, Runnable done) {
        if (gone) {
            return ExitCodes.OUTPUT_CLOSED;
        }
        count.increment();
        done.run();
        return ExitCodes.OK;
    }

    @Override
    public void end() {
        over.countDown();
    }
}
