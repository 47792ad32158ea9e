package io.godwit.cli;

import io.godwit.cli.output.Terminal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows people how far a command is: a line on standard error, renewed twice a second, where that is a terminal. */
final class Progress implements AutoCloseable {
    private static final long PERIOD_MILLIS = 500;

    private final Terminal terminal;
    private final CountDownLatch over = new CountDownLatch(1);
    private final @Nullable Thread painter;

    Progress(Terminal terminal, Supplier<String> text) {
        this.terminal = terminal;
        if (terminal.errIsTerminal()) {
            painter = new Thread(() -> paint(text), "godwit-progress");
            painter.setDaemon(true);
            painter.start();
        } else {
            painter = null;
        }
    }

    private void paint(Supplier<String> text) {
        try {
            while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                terminal.progress(text.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether anybody sees it. */
    boolean isShown() {
        return terminal.errIsTerminal();
    }

    /** Takes the line away; any number of times, any thread. */
    @Override
    public void close() {
        over.countDown();
        try {
            if (painter != null) {
                painter.join(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        terminal.endProgress();
    }
}
