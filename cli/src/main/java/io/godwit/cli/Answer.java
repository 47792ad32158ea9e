package io.godwit.cli;

import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes the payload of the answer to a request. */
interface Answer {

    /**
     * The payload; may take its time.
     *
     * @throws IOException when there is no answer, with why
     */
    byte[] to(Message request, String responseTopic) throws IOException, InterruptedException;

    /** The same answer to all. */
    static Answer fixed(byte[] payload) {
        return (request, responseTopic) -> payload;
    }

    /** What was asked. */
    static Answer echo() {
        return (request, responseTopic) -> request.payload();
    }

    /**
     * What a command of the shell writes to its standard output. It finds the request on its standard input, and around it in
     * variables of the environment; what it writes to standard error passes through. A line end at the very end is left out, as
     * shells do. A command that fails or takes longer than it may gives no answer.
     */
    static Answer shell(String command, Duration limit) {
        return (request, responseTopic) -> {
            Path out = Files.createTempFile("godwit-answer", "");
            try {
                ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", command))
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
                ChildEnvironment environment = new ChildEnvironment(builder.environment());
                environment.put("GODWIT_TOPIC", request.topic());
                environment.put("GODWIT_RESPONSE_TOPIC", responseTopic);
                String contentType = request.contentType();
                environment.put("GODWIT_CONTENT_TYPE", contentType == null ? "" : contentType);
                Process process = builder.start();
                // a thread of its own: a command that does not read would hold up those of others in a pool
                Thread writer = new Thread(() -> write(process, request.payload()), "godwit-request-to-command");
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
                return withoutLineEnd(Files.readAllBytes(out));
            } finally {
                Files.deleteIfExists(out);
            }
        };
    }

    private static byte[] withoutLineEnd(byte[] output) {
        int end = output.length;
        return end > 0 && output[end - 1] == '\n' ? Arrays.copyOf(output, end - 1) : output;
    }

    private static void write(Process process, byte[] payload) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(payload);
        } catch (IOException notRead) {
            // a command may ignore what was asked
        }
    }
}
