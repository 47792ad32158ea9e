package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.UnprintableException;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** What {@code sub} does with a message that it wants. Called on the handler thread, one message at a time. */
interface MessageSink extends AutoCloseable {
    /**
     * Takes a message.
     *
     * @param done runs once the message may be acknowledged, on any thread
     * @return 0, or the exit code with which the command ends
     */
    int take(Message message, Runnable done) throws InterruptedException;

    /** Waits until all messages are done with. */
    @Override
    default void close() {}

    /** Ends it, whatever is under way: the command is over. On any thread, any number of times. */
    default void end() {}

    /** Prints it to standard output. */
    static MessageSink printing(MessagePrinter printer, Consumer<String> notes) {
        return (message, done) -> {
            try {
                if (!printer.print(message)) {
                    return ExitCodes.OUTPUT_CLOSED;
                }
            } catch (UnprintableException e) {
                notes.accept("godwit sub: " + e.getMessage());
            }
            done.run();
            return ExitCodes.OK;
        };
    }

    /** Runs a command for it, up to a number of them at once. A command that fails is reported; its message is done. */
    static MessageSink executing(MessageProcess process, int jobs, Consumer<String> notes) {
        ExecutorService workers = Executors.newCachedThreadPool();
        Semaphore free = new Semaphore(jobs);
        return new MessageSink() {
            @Override
            public int take(Message message, Runnable done) throws InterruptedException {
                free.acquire();
                workers.execute(() -> {
                    try {
                        process.run(message, message.responseTopic(), Redirect.INHERIT);
                    } catch (IOException e) {
                        notes.accept("godwit sub: the message on '" + message.topic() + "': " + Failures.text(e));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        done.run();
                        free.release();
                    }
                });
                return ExitCodes.OK;
            }

            @Override
            public void close() {
                free.acquireUninterruptibly(jobs);
                workers.shutdown();
            }
        };
    }

    /** Writes its payload into a file of its own. */
    static MessageSink writing(Path folder, Consumer<String> notes) {
        PayloadFiles files = new PayloadFiles(folder);
        return (message, done) -> {
            try {
                files.write(message);
            } catch (IOException e) {
                notes.accept("godwit sub: " + Failures.text(e));
                return ExitCodes.OUTPUT_FAILED;
            }
            done.run();
            return ExitCodes.OK;
        };
    }
}
