package io.godwit.cli;

import io.godwit.cli.tracing.TraceContext;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command of the shell for a message: the payload is its standard input, the rest of the message is in variables of
 * the environment, what it writes to standard error passes through. The message is never part of the command line.
 */
final class MessageProcess {
    private final String command;
    private final Duration limit;

    /** @param limit after which the command, and what it has started, is killed */
    MessageProcess(String command, Duration limit) {
        this.command = command;
        this.limit = limit;
    }

    /**
     * Runs the command and waits for it.
     *
     * @param out where its standard output goes
     * @throws IOException if it cannot run, fails or takes too long
     */
    void run(Message message, @Nullable String responseTopic, Redirect out) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", command))
                .redirectOutput(out)
                .redirectError(Redirect.INHERIT);
        ChildEnvironment environment = new ChildEnvironment(builder.environment());
        environment.put("GODWIT_TOPIC", message.topic());
        environment.put("GODWIT_QOS", String.valueOf(message.qos().level()));
        environment.put("GODWIT_RETAIN", message.retain() ? "1" : "0");
        environment.put("GODWIT_RESPONSE_TOPIC", responseTopic == null ? "" : responseTopic);
        String contentType = message.contentType();
        environment.put("GODWIT_CONTENT_TYPE", contentType == null ? "" : contentType);
        TraceContext trace = TraceContext.of(message.userProperties());
        if (trace != null) {
            for (Map.Entry<String, String> variable : trace.variables().entrySet()) {
                environment.put(variable.getKey(), variable.getValue());
            }
        }
        Process process = builder.start();
        // a thread of its own: a command that does not read would hold up those of others in a pool
        Thread writer = new Thread(() -> write(process, message.payload()), "godwit-message-to-command");
        writer.setDaemon(true);
        writer.start();
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException("the command took longer than " + ClientCommand.time(limit));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("the command ended with exit code " + process.exitValue());
        }
    }

    private static void write(Process process, byte[] payload) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(payload);
        } catch (IOException notRead) {
            // a command may ignore the payload
        }
    }
}
