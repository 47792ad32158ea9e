package io.godwit.cli;

import io.godwit.cli.options.PrintOptions;
import io.godwit.cli.output.Diagnostics;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends to a file what would be printed. A message is acknowledged when it is written. */
final class FileSink implements MessageSink {
    private final Path path;
    private final Terminal terminal;
    private final Terminal file;
    private final OutputStream out;
    private final MessageSink printing;

    FileSink(Path path, Terminal terminal, PrintOptions print) throws IOException {
        this.path = path;
        this.terminal = terminal;
        try {
            out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IOException("--out: " + Diagnostics.about(path, e), e);
        }
        file = terminal.writingTo(out);
        printing = MessageSink.printing(print.printer(file, terminal::note), terminal::note);
    }

    @Override
    public int take(Message message, Runnable done) throws InterruptedException {
        if (printing.take(message, done) == ExitCodes.OK) {
            return ExitCodes.OK;
        }
        IOException failure = file.failure();
        terminal.note(
                "godwit sub: cannot write to " + path + ": " + (failure == null ? "closed" : Failures.text(failure)));
        return ExitCodes.OUTPUT_FAILED;
    }

    @Override
    public void end() {
        try {
            out.close();
        } catch (IOException e) {
            terminal.note("godwit sub: cannot write to " + path + ": " + Failures.text(e));
        }
    }
}
