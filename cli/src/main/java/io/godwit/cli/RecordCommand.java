package io.godwit.cli;

import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.DecodeOptions;
import io.godwit.cli.options.DurationOption;
import io.godwit.cli.options.FilterOutOption;
import io.godwit.cli.options.MetricsOption;
import io.godwit.cli.options.NoRetainedOption;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.PayloadDecoder;
import io.godwit.cli.output.Printable;
import io.godwit.cli.output.Repeats;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.cli.statistics.StatisticsSource;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.web.recording.RecordedMessage;
import io.godwit.web.source.RetainedScan;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
        exitCodeList = {"8:the broker rejected a subscription", "141:standard output was closed by its reader"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit record day.jsonl -t 'home/#'               until Ctrl-C",
            "  godwit record day.jsonl -t 'home/#' --duration 1h -R",
            "  godwit record day.jsonl -t 'plant/#' --decode 'plant/#=cbor'   with what the payloads mean",
            "  godwit record - -t 'home/#' | gzip > day.jsonl.gz"
        })
final class RecordCommand extends ClientCommand {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Brokers send retained messages right behind SUBACK. */
    private static final Duration FIRST_RETAINED = Duration.ofMinutes(1);

    @Parameters(paramLabel = "FILE", description = "The file to write; - is standard output.")
    private String file = "-";

    @Mixin
    private TopicOption topic = new TopicOption("A topic filter to record; may be repeated. [#]");

    @Mixin
    private QosOption qos =
            new QosOption("The highest QoS to receive with; what was published with less comes with less. [2]");

    @Mixin
    private CountOption count = new CountOption("End after N messages.");

    @Mixin
    private DurationOption duration = new DurationOption("End after this time: seconds, or 250ms, 2m, 1h.");

    @Mixin
    private NoRetainedOption noRetained = new NoRetainedOption("Skip retained messages.");

    @Mixin
    private FilterOutOption filterOut = new FilterOutOption();

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Mixin
    private DecodeOptions decode = new DecodeOptions();

    @Option(names = "--append", description = "Append to the file.")
    private boolean append;

    @Option(names = "--force", description = "Overwrite an existing file.")
    private boolean force;

    RecordCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        List<TopicSubscription> subscriptions = (topic.all().isEmpty() ? List.of("#") : topic.all())
                .stream()
                        .map(filter -> TopicSubscription.of(filter, qos.or(Qos.EXACTLY_ONCE)))
                        .toList();
        List<TopicFilter> out = filterOut.filters();
        long most = count.or(0);
        MqttClientBuilder builder = builder();
        Duration base = append && !file.equals("-") ? RecordedMessage.lastTime(Path.of(file)) : Duration.ZERO;
        boolean isNew = !file.equals("-") && !Files.exists(Path.of(file));
        try (OutputStream sink = file.equals("-") ? new ToTerminal() : open(Path.of(file))) {
            Recorder recorder = new Recorder(sink, out, most, base, decode.decoder(this::note));
            subscriptions.forEach(
                    subscription -> builder.manualHandler(subscription.filter().text(), recorder));
            MqttClient client = builder.build();
            Thread completing = null;
            try (LiveStatistics live = LiveStatistics.start(metrics, terminal(), StatisticsSource.of(client));
                    Progress progress = new Progress(terminal(), recorder::summary);
                    ShutdownHook interruption = new ShutdownHook(() -> {
                        disconnectQuickly(client);
                        recorder.stop();
                        progress.close();
                        sumUp(recorder);
                    })) {
                connect(client);
                recorder.start();
                client.subscribeAsync(
                                subscriptions, connection().properties(Property.Location.SUBSCRIBE), recorded -> {})
                        .get();
                sink.flush(); // from here on there is a recording, if an empty one
                completing = startCompleting(recorder);
                note("recording" + (progress.isShown() ? "; Ctrl-C ends it" : ""));
                waitFor(recorder.end, deadline(duration.get()));
            } catch (TimeoutException e) {
                hurry();
                recorder.stop(); // the time that was asked for is over
            } finally {
                if (completing != null) {
                    completing.interrupt();
                }
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

    private @Nullable Thread startCompleting(Recorder recorder) {
        if (noRetained.isOn()) {
            return null;
        }
        List<String> filters = topic.all().isEmpty() ? List.of("#") : topic.all();
        Thread thread = new Thread(() -> recorder.complete(filters), "godwit-record-retained");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void sumUp(Recorder recorder) {
        note(recorder.summary());
    }

    private OutputStream open(Path path) throws IOException {
        Set<StandardOpenOption> options = append
                ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : force
                        ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                        : Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean midLine = append && endsInLine(path);
        try {
            FileChannel opened = FileChannel.open(path, options, ofOwner(path));
            OutputStream out = Channels.newOutputStream(opened);
            if (midLine) {
                out.write('\n');
            }
            return force && !append ? new Overwriting(opened, out) : out;
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(
                    "the file " + path + " already exists: add --append, or --force to overwrite it", e);
        }
    }

    /** A new file holds the payloads of others, and only its owner may read it. */
    private static FileAttribute<?>[] ofOwner(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** Whether the last line of the file lacks its end, so that a message would be appended to it. */
    private static boolean endsInLine(Path path) throws IOException {
        if (!Files.isRegularFile(path) || Files.size(path) == 0) {
            return false;
        }
        try (FileChannel file = FileChannel.open(path)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            file.read(last, file.size() - 1);
            return last.get(0) != '\n';
        }
    }

    /** A file that keeps what it has until something is written: an earlier recording is not lost to a wrong host name. */
    private static final class Overwriting extends FilterOutputStream {
        private final FileChannel file;
        private final ReentrantLock lock = new ReentrantLock();
        /** Guarded by the lock. */
        private boolean begun;

        Overwriting(FileChannel file, OutputStream out) {
            super(out);
            this.file = file;
        }

        private void begin() throws IOException {
            lock.lock();
            try {
                if (!begun) {
                    file.truncate(0);
                    begun = true;
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            begin();
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            begin();
        }

        @Override
        public void close() throws IOException {
            out.close(); // without a flush
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
            byte[] shown = Printable.shown(Arrays.copyOfRange(bytes, offset, offset + length), terminal());
            if (!terminal().write(shown, shown.length)) {
                throw new OutputClosedException();
            }
        }
    }

    /** Standard output was closed by its reader. */
    private static final class OutputClosedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Writes each message and then acknowledges it. */
    private final class Recorder implements ManualHandler {
        private final OutputStream sink;
        private final List<TopicFilter> out;
        private final Duration base;
        private final long wanted;
        /** Guarded by the lock. */
        private final @Nullable PayloadDecoder decoder;

        private final CompletableFuture<Integer> end = new CompletableFuture<>();

        /** The beginning: the first message of a kept session, or the subscription; 0 before it. */
        private final AtomicLong start = new AtomicLong();

        // Any thread.
        private final ReentrantLock lock = new ReentrantLock();
        private final Set<String> seen = ConcurrentHashMap.newKeySet();
        private final AtomicLong retained = new AtomicLong();
        private volatile long lastRetainedAt;
        /** Whether missing retained messages may still be fetched. */
        private volatile boolean completing = !noRetained.isOn();

        // Handler thread only, but for the summary.
        private final Repeats repeats = new Repeats();
        private volatile long stopped;
        private volatile long messages;
        private volatile long bytes;

        Recorder(
                OutputStream sink,
                List<TopicFilter> out,
                long wanted,
                Duration base,
                @Nullable PayloadDecoder decoder) {
            this.decoder = decoder;
            this.base = base;
            this.wanted = wanted;
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
                if (message.retain()) {
                    lastRetainedAt = System.nanoTime();
                    retained.incrementAndGet();
                }
                if (completing) {
                    seen.add(message.topic());
                }
                if (!write(message)) {
                    return;
                }
            }
            acknowledgement.acknowledge();
            endIfEnough();
        }

        private boolean isEnough() {
            return wanted > 0 && messages >= wanted;
        }

        private void endIfEnough() {
            if (isEnough() && !end.isDone()) {
                stop();
                end.complete(ExitCodes.OK);
            }
        }

        /** Returns false if there are enough, or the file cannot be written, which ends the recording. */
        private boolean write(Message message) {
            lock.lock();
            try {
                if (isEnough()) {
                    return false;
                }
                Duration at = base.plusNanos(Math.max(0, System.nanoTime() - start()));
                RecordedMessage recorded =
                        new RecordedMessage(at, Instant.now().truncatedTo(ChronoUnit.MICROS), message);
                PayloadDecoder.Payload decoded = decoder == null ? null : decoder.of(message);
                String line =
                        (decoded == null ? recorded.toJson() : recorded.toJson(json -> decoded.write("decoded", json)))
                                + "\n";
                sink.write(line.getBytes(StandardCharsets.UTF_8));
                bytes = bytes + message.payload().length;
                messages = messages + 1;
                return true;
            } catch (OutputClosedException e) {
                end.complete(ExitCodes.OUTPUT_CLOSED);
            } catch (IOException e) {
                end.completeExceptionally(e);
            } finally {
                lock.unlock();
            }
            return false;
        }

        /**
         * Where there were many retained messages, the broker's queue may have dropped some. Waits for the pause after
         * them, and fetches the missing ones over a connection of its own.
         */
        private void complete(List<String> filters) {
            try {
                long begun = System.nanoTime();
                while (lastRetainedAt == 0 || System.nanoTime() - lastRetainedAt < PAUSE.toNanos()) {
                    if (lastRetainedAt == 0 && System.nanoTime() - begun > FIRST_RETAINED.toNanos()) {
                        return;
                    }
                    TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() / 4);
                }
                if (retained.get() < RetainedScan.MANY) {
                    return;
                }
                try (MqttClient second = connection()
                        .builder(transport())
                        .clientId("")
                        .cleanSession(true)
                        .will(null)
                        .build()) {
                    second.connectAsync().get();
                    RetainedScan scan =
                            new RetainedScan(second, connection().properties(Property.Location.SUBSCRIBE), PAUSE);
                    Map<String, Message> all = scan.withQos(scan.messages(filters));
                    all.values().stream()
                            .filter(message -> isWanted(message) && seen.add(message.topic()))
                            .forEach(this::write);
                    endIfEnough();
                    if (!scan.isComplete()) {
                        note("the recording may lack retained messages: the broker sent other ones each time");
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | MqttException e) {
                note("the recording may lack retained messages: " + Failures.text(Failures.unwrap(e)));
            } finally {
                completing = false;
                seen.clear();
            }
        }

        private boolean isWanted(Message message) {
            return !(noRetained.isOn() && message.retain())
                    && out.stream().noneMatch(filter -> filter.matches(message.topic()));
        }
    }
}
