package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Repeats;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.recording.RecordedMessage;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the messages that come into a file, with their timing, for {@code play}. */
@Command(
        name = "record",
        sortOptions = false,
        customSynopsis = "godwit record [OPTIONS] FILE",
        description = {
            "Record messages with their timing, one JSON line each, for godwit play.",
            "With -V 5 the properties of MQTT 5 are recorded too."
        },
        exitCodeList = {"8:the broker refused a subscription", "141:the reader of standard output has gone"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit record day.jsonl -t 'home/#'               until Ctrl-C",
            "  godwit record day.jsonl -t 'home/#' --duration 1h -R",
            "  godwit record - -t 'home/#' | gzip > day.jsonl.gz"
        })
final class RecordCommand extends ClientCommand {
    @Parameters(paramLabel = "FILE", description = "Where to; - is standard output.")
    private String file = "-";

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            order = -30,
            description = "A topic filter to record; may be repeated. [#]")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -29,
            description = "The highest QoS to receive with; what was published with less comes with less. [2]")
    private Qos qos = Qos.EXACTLY_ONCE;

    @Option(
            names = {"-C", "--count"},
            paramLabel = "N",
            order = -28,
            description = "End after so many messages.")
    private long count;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Durations.class,
            order = -27,
            description = "End after this time: seconds, or 250ms, 2m, 1h.")
    private @Nullable Duration duration;

    @Option(
            names = {"-R", "--no-retained"},
            order = -26,
            description = "Leave out what was retained before.")
    private boolean noRetained;

    @Option(
            names = {"-T", "--filter-out"},
            paramLabel = "FILTER",
            order = -25,
            description = "Leave out topics that match; may be repeated.")
    private List<String> leftOut = new ArrayList<>();

    @Option(names = "--append", order = -24, description = "Write behind what the file has already.")
    private boolean append;

    @Option(names = "--force", order = -23, description = "Write over a file that is there.")
    private boolean force;

    RecordCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        List<TopicSubscription> subscriptions = (filters.isEmpty() ? List.of("#") : filters)
                .stream().map(filter -> TopicSubscription.of(filter, qos)).toList();
        List<TopicFilter> out = leftOut.stream().map(TopicFilter::of).toList();
        MqttClientBuilder builder = builder();
        boolean isNew = !file.equals("-") && !Files.exists(Path.of(file));
        try (OutputStream sink = file.equals("-") ? new ToTerminal() : open(Path.of(file))) {
            Recorder recorder = new Recorder(sink, out);
            subscriptions.forEach(
                    subscription -> builder.manualHandler(subscription.filter().text(), recorder));
            MqttClient client = builder.build();
            try (Progress progress = new Progress(terminal(), recorder::summary);
                    ShutdownHook interruption = new ShutdownHook(() -> {
                        farewell(client);
                        recorder.stop();
                        progress.close();
                        sumUp(recorder);
                    })) {
                connect(client);
                recorder.start();
                client.subscribeAsync(
                                subscriptions, connection().properties(Property.Carrier.SUBSCRIBE), recorded -> {})
                        .get();
                remark("recording" + (progress.isShown() ? "; Ctrl-C ends it" : ""));
                waitFor(recorder.end, deadline(duration));
            } catch (TimeoutException e) {
                recorder.stop(); // the time that was asked for is over
            } finally {
                disconnect(client);
            }
            sumUp(recorder);
            return recorder.end.isDone() ? recorder.end.join() : (Integer) ExitCodes.OK;
        } catch (Exception e) {
            if (isNew && Files.size(Path.of(file)) == 0) {
                Files.deleteIfExists(Path.of(file)); // or the next attempt would find a file in its way
            }
            throw e;
        }
    }

    private void sumUp(Recorder recorder) {
        remark(recorder.summary());
    }

    private OutputStream open(Path path) throws IOException {
        Set<StandardOpenOption> options = append
                ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : force
                        ? Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING)
                        : Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            return Channels.newOutputStream(FileChannel.open(path, options));
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(
                    "the file " + path + " is there already: add --append, or --force to write over it", e);
        }
    }

    /** Standard output, whose reader may go. */
    private final class ToTerminal extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!terminal().write(Arrays.copyOfRange(bytes, offset, offset + length), length)) {
                throw new OutputClosedException();
            }
        }
    }

    /** The reader of standard output has gone. */
    private static final class OutputClosedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Writes each message and then acknowledges it. */
    private final class Recorder implements ManualHandler {
        private final OutputStream sink;
        private final List<TopicFilter> out;
        private final CompletableFuture<Integer> end = new CompletableFuture<>();

        /** The beginning: the first message of a kept session, or the subscription; 0 before it. */
        private final AtomicLong start = new AtomicLong();

        // Handler thread only, but for the summary.
        private final Repeats repeats = new Repeats();
        private volatile long stopped;
        private volatile long messages;
        private volatile long bytes;

        Recorder(OutputStream sink, List<TopicFilter> out) {
            this.sink = sink;
            this.out = out;
        }

        long start() {
            start.compareAndSet(0, System.nanoTime());
            return start.get();
        }

        void stop() {
            stopped = System.nanoTime();
        }

        String summary() {
            long until = stopped == 0 ? System.nanoTime() : stopped;
            long from = start.get() == 0 ? until : start.get();
            return ClientCommand.summary(messages, bytes, Duration.ofNanos(until - from));
        }

        @Override
        public void handle(Message message, Acknowledgement acknowledgement) {
            if (end.isDone()) {
                return;
            }
            if (!repeats.isRepeat(message) && isWanted(message)) {
                try {
                    Duration at = Duration.ofNanos(Math.max(0, System.nanoTime() - start()));
                    String line =
                            new RecordedMessage(at, Instant.now().truncatedTo(ChronoUnit.MICROS), message).toJson()
                                    + "\n";
                    sink.write(line.getBytes(StandardCharsets.UTF_8));
                } catch (OutputClosedException e) {
                    end.complete(ExitCodes.OUTPUT_CLOSED);
                    return;
                } catch (IOException e) {
                    end.completeExceptionally(e);
                    return;
                }
                bytes = bytes + message.payload().length;
                messages = messages + 1;
            }
            acknowledgement.acknowledge();
            if (count > 0 && messages >= count) {
                stop();
                end.complete(ExitCodes.OK);
            }
        }

        private boolean isWanted(Message message) {
            return !(noRetained && message.retain())
                    && out.stream().noneMatch(filter -> filter.matches(message.topic()));
        }
    }
}
