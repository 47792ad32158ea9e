package io.godwit.cli.output;

import io.godwit.cli.output.Terminal.Colour;
import io.godwit.mqtt.protocol.Message;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Prints messages to standard output: payloads, topics and payloads, or as a format says. For one thread at a time. */
public final class MessagePrinter {
    // Set once.
    private final Terminal terminal;
    private final @Nullable OutputFormat format;
    private final @Nullable PayloadDecoder decoder;
    private final PayloadStyle style;
    private final boolean verbose;
    private final boolean endOfLine;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /**
     * @param format of a message; null: its payload in this style
     * @param decoder of payloads, which the format has too; null: none
     */
    public MessagePrinter(
            Terminal terminal,
            @Nullable OutputFormat format,
            @Nullable PayloadDecoder decoder,
            PayloadStyle style,
            boolean verbose,
            boolean endOfLine) {
        this.terminal = terminal;
        this.decoder = decoder;
        this.format = format;
        this.style = style;
        this.verbose = verbose;
        this.endOfLine = endOfLine;
    }

    /**
     * Prints one message at once. Returns false if standard output was closed by its reader.
     *
     * @throws UnprintableException when the format wants JSON and the payload is not JSON
     */
    public boolean print(Message message) {
        return print(message, "");
    }

    /** The same with a text before it. */
    public boolean print(Message message, String prefix) {
        if (format == null && message.payload().length == 0 && !(verbose && endOfLine)) {
            return true; // as mosquitto_sub: nothing to show
        }
        line.reset();
        line.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
        append(message);
        if (endOfLine) {
            line.write('\n');
        }
        byte[] bytes = line.toByteArray();
        return terminal.write(bytes, bytes.length);
    }

    /** What would be printed, without an end of line. */
    public String text(Message message) {
        line.reset();
        append(message);
        return line.toString(StandardCharsets.UTF_8);
    }

    private void append(Message message) {
        if (format != null) {
            format.append(line, message, Instant.now());
        } else {
            if (verbose) {
                line.writeBytes((terminal.shown(Colour.TOPIC, message.topic()) + " ").getBytes(StandardCharsets.UTF_8));
            }
            if (message.payload().length == 0) {
                line.writeBytes("(null)".getBytes(StandardCharsets.US_ASCII));
            } else {
                PayloadDecoder.Payload decoded = decoder == null ? null : decoder.of(message);
                style.append(line, decoded == null ? message.payload() : decoded.bytes(), terminal);
            }
        }
    }
}
