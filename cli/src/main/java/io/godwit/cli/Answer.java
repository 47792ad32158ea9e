package io.godwit.cli;

import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

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
        MessageProcess process = new MessageProcess(command, limit);
        return (request, responseTopic) -> {
            Path out = Files.createTempFile("godwit-answer", "");
            try {
                process.run(request, responseTopic, ProcessBuilder.Redirect.to(out.toFile()));
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
}
