package io.godwit.cli.shell;

import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.OutputFormat;
import io.godwit.cli.output.PayloadDecoder;
import io.godwit.cli.output.PayloadStyle;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.Terminal.Colour;
import io.godwit.cli.output.UnprintableException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.web.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the shell says: messages and answers on standard output, notes for people on standard error, or all of it as JSON
 * lines on standard output. Safe for several threads, since messages come at any time.
 */
final class ShellOutput {
    /**
     * How it says it.
     *
     * @param json a JSON line for each message and event
     * @param format of messages, or null
     * @param decoder of payloads, or null
     * @param talkative whether to report successes: to people yes, to scripts no
     */
    record Style(
            boolean json,
            @Nullable String format,
            PayloadStyle payload,
            @Nullable PayloadDecoder decoder,
            boolean talkative) {}

    // Set once.
    private final Terminal terminal;
    private final Style style;
    private final OutputFormat jsonMessage;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final MessagePrinter printer;

    private volatile boolean gone;

    ShellOutput(Terminal terminal, Style style) {
        this.terminal = terminal;
        this.style = style;
        this.jsonMessage = OutputFormat.parse("%j", false, false, ZoneId.systemDefault(), style.decoder);
        OutputFormat format = style.format == null
                ? null
                : OutputFormat.parse(
                        style.format, false, terminal.outIsTerminal(), ZoneId.systemDefault(), style.decoder);
        this.printer = new MessagePrinter(terminal, format, style.decoder, style.payload, true, true);
    }

    /** Whether the reader of standard output has closed it. */
    boolean isGone() {
        return gone;
    }

    Terminal terminal() {
        return terminal;
    }

    /** A message that a client received. */
    void message(String client, Message message) {
        lock.lock();
        try {
            if (style.json) {
                ByteArrayOutputStream json = new ByteArrayOutputStream();
                jsonMessage.append(json, message, Instant.now());
                event(client, "message", members -> {
                    members.writeFieldName("message");
                    members.writeRawValue(json.toString(StandardCharsets.UTF_8));
                });
            } else {
                String prefix = style.format == null ? terminal.shown(Colour.FAINT, client + ":") + " " : "";
                gone = !printer.print(message, prefix);
            }
        } catch (UnprintableException e) {
            note(client, String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    /** What a command did: told to people, and in JSON. */
    void done(@Nullable String client, String event, String text) {
        if (style.json) {
            event(client, event, json -> json.writeStringField("text", text));
        } else if (style.talkative) {
            terminal.note(terminal.paint(Colour.FAINT, (client == null ? "" : client + ": ") + text));
        }
    }

    /** What happened to a connection. */
    void note(String client, String text) {
        if (style.json) {
            event(client, "warning", json -> json.writeStringField("text", text));
        } else {
            terminal.note(client + ": " + text);
        }
    }

    /** A command that failed. */
    void failed(String where, String text, int exitCode) {
        if (style.json) {
            event(null, "failed", json -> {
                json.writeStringField("text", where + text);
                json.writeNumberField("exitCode", exitCode);
            });
        } else {
            terminal.note(terminal.paint(Colour.BAD, where + text));
        }
    }

    /** A line of an answer, as text and as the members of a JSON object. */
    void answer(@Nullable String client, String event, String text, Json.Members members) {
        if (style.json) {
            event(client, event, members);
        } else {
            gone = !terminal.text(text);
        }
    }

    private void event(@Nullable String client, String event, Json.Members members) {
        gone = !terminal.line(Json.object(json -> {
            json.writeStringField("event", event);
            if (client != null) {
                json.writeStringField("client", client);
            }
            members.write(json);
        }));
    }
}
