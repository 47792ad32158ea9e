package io.godwit.cli;

import io.godwit.cli.output.Terminal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Shows people how far a command is: a line on standard error, renewed twice a second, where that is a terminal. */
final class Progress implements AutoCloseable {
    private static final long PERIOD_MILLIS = 500;

    private final Terminal terminal;
    private final CountDownLatch over = new CountDownLatch(1);

    Progress(Terminal terminal, Supplier<String> text) {
        this.terminal = terminal;
        if (terminal.errIsTerminal()) {
            Thread painter = new Thread(() -> paint(text), "godwit-progress");
            painter.setDaemon(true);
            painter.start();
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

    @Override
    public void close() {
        over.countDown();
        terminal.endProgress();
    }
}
