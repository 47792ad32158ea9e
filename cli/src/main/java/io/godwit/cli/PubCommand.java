package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Publishes: one message, the same one several times, or a message for each line of standard input. */
@Command(
        name = "pub",
        sortOptions = false,
        description = "Publish messages, with the options of mosquitto_pub.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit pub -t home/hall/light -m on",
            "  godwit pub -h mqtts://broker.example:8883 -u me --password-env PW -t a -m hi -q 1",
            "  tail -f log | godwit pub -t log -l        a message for each line",
            "  godwit pub -t home/hall/light -n -r       clear the retained message",
            "  godwit pub -V 5 -t a -m '{}' -D publish content-type application/json"
        })
final class PubCommand extends ClientCommand {
    /** So many messages may be under way; more would only fill the memory. */
    private static final int UNDER_WAY = 8_192;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            order = -10,
            description = "The topic to publish to.")
    private @Nullable String topic;

    @ArgGroup(multiplicity = "1", order = -9)
    private Source source = new Source();

    /** Where the payload comes from. */
    static final class Source {
        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "The message.")
        private @Nullable String text;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "Send the contents of a file.")
        private @Nullable Path file;

        @Option(
                names = {"-l", "--stdin-line"},
                description = "Send each line of standard input as a message.")
        private boolean lines;

        @Option(
                names = {"-s", "--stdin-file"},
                description = "Send all of standard input as one message.")
        private boolean input;

        @Option(
                names = {"-n", "--null-message"},
                description = "Send a message without payload.")
        private boolean empty;
    }

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -8,
            description = "Quality of service: 0, 1 or 2. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = {"-r", "--retain"},
            order = -7,
            description = "The broker keeps the message for later subscribers.")
    private boolean retain;

    @Option(names = "--repeat", paramLabel = "N", order = -6, description = "Publish so many times. [1]")
    private int repeat = 1;

    @Option(
            names = "--repeat-delay",
            paramLabel = "TIME",
            converter = Durations.class,
            order = -5,
            description = "Wait between them: seconds, or 250ms, 2m. [0]")
    private Duration repeatDelay = Duration.ZERO;

    @Option(
            names = {"-M", "--max-inflight"},
            paramLabel = "N",
            description = "Messages of QoS 1 and 2 in flight at most. [1024]")
    private int inFlight = 1024;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long the broker's acknowledgement may take, exit code 27. [30s]")
    private Duration timeout = Duration.ofSeconds(30);

    private final Semaphore room = new Semaphore(UNDER_WAY);
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    PubCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        String name = topic != null ? topic : connection().topicOfUrl();
        if (name == null) {
            throw new IllegalArgumentException("no topic is named: -t TOPIC");
        }
        TopicName.check(name);
        Message message = new Message(name, payload(), qos, retain, connection().properties(Property.Carrier.PUBLISH));
        MqttClientBuilder builder = builder().maximumInFlight(inFlight).callTimeout(Duration.ofDays(1));
        MqttClient client = builder.build();
        try (Interruption interruption = new Interruption(() -> farewell(client))) {
            connect(client);
            publish(client, message);
            if (!room.tryAcquire(UNDER_WAY, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                int missing = UNDER_WAY - room.availablePermits();
                throw new TimeoutException(missing + (missing == 1 ? " message was" : " messages were")
                        + " not acknowledged within " + time(timeout));
            }
        } finally {
            disconnect(client);
        }
        Throwable failed = failure.get();
        if (failed != null) {
            remark("godwit pub: " + Failures.text(failed));
            return Failures.exitCode(failed);
        }
        return ExitCodes.OK;
    }

    private byte[] payload() throws IOException {
        if (source.text != null) {
            return source.text.getBytes(StandardCharsets.UTF_8);
        } else if (source.file != null) {
            return Files.readAllBytes(source.file);
        } else if (source.input) {
            return System.in.readAllBytes();
        } else if (source.empty || source.lines) {
            return new byte[0];
        }
        throw new IllegalArgumentException("no message is named: -m TEXT, -f FILE, -l, -s or -n");
    }

    private void publish(MqttClient client, Message message) throws IOException, InterruptedException {
        if (source.lines) {
            publishLines(client, message);
            return;
        }
        for (int i = 0; i < repeat; i++) {
            if (i > 0 && !repeatDelay.isZero()) {
                TimeUnit.NANOSECONDS.sleep(repeatDelay.toNanos());
            }
            publishOne(client, message);
        }
    }

    private void publishLines(MqttClient client, Message message) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(System.in, 1 << 16);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b != '\n') {
                line.write(b);
                continue;
            }
            publishOne(client, with(message, line));
            line.reset();
        }
        if (line.size() > 0) {
            publishOne(client, with(message, line));
        }
    }

    private static Message with(Message message, ByteArrayOutputStream line) {
        return new Message(message.topic(), line.toByteArray(), message.qos(), message.retain(), message.properties());
    }

    private void publishOne(MqttClient client, Message message) throws InterruptedException {
        room.acquire();
        client.publishAsync(message).whenComplete((done, failed) -> {
            if (failed == null) {
                sent.incrementAndGet();
            } else {
                failure.compareAndSet(null, Failures.unwrap(failed));
            }
            room.release();
        });
    }
}
