package io.godwit.cli.shell;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Passes on whole lines, so that what several threads write shows above the line that is being typed, and leaves that whole. */
final class AbovePrompt extends OutputStream {
    private final Consumer<String> lines;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();

    AbovePrompt(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void write(int b) {
        collected.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        collected.write(bytes, offset, length);
    }

    /** Shows what has come up to the last end of line. */
    @Override
    public void flush() {
        String text = collected.toString(StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        if (end > 0) {
            collected.reset();
            collected.writeBytes(text.substring(end).getBytes(StandardCharsets.UTF_8));
            lines.accept(text.substring(0, end));
        }
    }
}
