package io.godwit.mqtt.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.ScriptedBroker;
import io.godwit.testkit.TestBroker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The client in a process of its own")
class ProcessTest {
    private static final ProtocolVersion V4 = ProtocolVersion.V3_1_1;

    private static Process start(List<String> prefix, Class<?> program, String... arguments) throws IOException {
        return start(prefix, List.of(), program, arguments);
    }

    private static Process start(List<String> prefix, List<String> options, Class<?> program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Xshare:auto", "-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** The lines that a program prints. */
    private static final class Output implements AutoCloseable {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final Process process;

        Output(Process process) {
            this.process = process;
            Thread reader = new Thread(this::read, "program-output");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try {
                process.inputReader(UTF_8).lines().forEach(lines::add);
            } catch (UncheckedIOException e) {
                // the test has ended the program
            }
        }

        void await(String expected) throws InterruptedException {
            StringBuilder all = new StringBuilder();
            for (String line = lines.poll(30, TimeUnit.SECONDS);
                    line != null;
                    line = lines.poll(30, TimeUnit.SECONDS)) {
                if (line.equals(expected)) {
                    return;
                }
                all.append(line).append('\n');
            }
            throw new AssertionError("the program did not print '" + expected + "' within 30 s: " + all);
        }

        void awaitEnd() throws InterruptedException {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended").isTrue();
            assertThat(process.exitValue()).isZero();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("a program that only subscribes runs on after main, until its last client is closed")
    void a_subscriber_keeps_its_jvm_running() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Output output = new Output(start(List.of(), SubscribingProgram.class, broker.uri(), "false"))) {
            output.await("main has ended");

            broker.publish(Message.of("stop", "now"));

            output.await("received now");
            output.awaitEnd();
        }
    }

    @Test
    void a_daemon_client_lets_the_jvm_end() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Output output = new Output(start(List.of(), SubscribingProgram.class, broker.uri(), "true"))) {
            output.await("main returns");

            output.awaitEnd();
        }
    }

    @Test
    @DisplayName(
            "a client that runs on the application's own threads and is never closed keeps none of the library's alive")
    void an_abandoned_client_keeps_no_threads_alive() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Output output = new Output(start(List.of(), AbandonedClientProgram.class, broker.uri()))) {
            output.await("no threads are left");
            output.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx64m", "-Xmx400m"})
    @DisplayName(
            "a handler that publishes on finds its acknowledgement behind 300 MB of QoS 0 that nobody has asked to wait")
    void a_flood_of_qos_0_does_not_fill_the_heap_while_a_handler_blocks(String heap) throws Exception {
        Message message = Message.of("in", new byte[1_000]).withQos(Qos.AT_MOST_ONCE);
        ByteBuf packet = Unpooled.buffer();
        PacketCodec.write(new Publish(message, false, 0, 0), V4, packet);
        byte[] bytes = ByteBufUtil.getBytes(packet);
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(script -> script.accept(V4)
                                .answer(PacketType.SUBSCRIBE, V4, any -> new byte[] {(byte) 0x90, 3, 0, 1, 0})
                                .send(bytes)
                                .expect(PacketType.PUBLISH, V4)
                                .flood(bytes, 300_000)
                                .send("40 02 0002")
                                .stall())
                        .start();
                Output output = new Output(start(List.of(), List.of(heap), RepublishingProgram.class, broker.uri()))) {
            output.await("published on");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 100_000})
    @DisplayName("a heap of 64 MiB gets a full queue, not an OutOfMemoryError, with the default bounds")
    void a_small_heap_gets_the_queue_policy(int size) throws Exception {
        try (Output output =
                new Output(start(List.of(), List.of("-Xmx64m"), OfflineProgram.class, String.valueOf(size)))) {
            output.await("queue full");
            output.awaitEnd();
        }
    }

    @Test
    @DisplayName("the queue says that it is full before the heap is")
    void the_queue_is_full_before_a_small_heap_is() throws Exception {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Output output = new Output(start(
                        List.of(),
                        List.of("-Xmx64m"),
                        QueueingProgram.class,
                        "mqtt://127.0.0.1:" + nobody.getLocalPort()))) {
            output.await("refused: " + PublishException.Cause.QUEUE_FULL);

            output.awaitEnd();
        }
    }

    @Test
    @DisplayName("a moment without file handles is a row of failed attempts, not the end of reconnecting")
    void the_client_reconnects_after_a_moment_without_file_handles() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh to limit file handles with");
        List<String> limited = List.of("/bin/sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh");
        try (TestBroker broker = TestBroker.start();
                Output output = new Output(start(limited, ProgramWithoutHandles.class, broker.uri()))) {
            output.await("subscribed");
            broker.dropConnection("program");
            output.await("connection 2");
            broker.awaitSubscribed("program", "exhaust", Duration.ofSeconds(10));
            broker.publish(Message.of("exhaust", "now"));
            output.await("exhausted");

            broker.dropConnection("program");

            output.await("connection 3");
        }
    }
}
