package io.godwit.cli;

import io.godwit.cli.options.InFlightOption;
import io.godwit.cli.options.MetricsOption;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.SpeedOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.recording.TopicRewrite;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.cli.statistics.StatisticsSource;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.web.recording.RecordedMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes what {@code record} has written, with the timing of then, or faster, slower, again and again, elsewhere. */
@Command(
        name = "play",
        sortOptions = false,
        customSynopsis = "godwit play [OPTIONS] FILE",
        description = {
            "Publish a recording of godwit record, with its timing.",
            "With -V 5 the recorded properties of MQTT 5 are sent too."
        },
        exitCodeList = {"7:a message was not acknowledged", "27:timed out"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit play day.jsonl                                    as it was",
            "  godwit play day.jsonl --speed 60 --loop forever          an hour a minute",
            "  godwit play day.jsonl --fast -t 'home/+/temp'            these topics, at once",
            "  godwit play day.jsonl --topic-from home --topic-to test  home/hall goes to test/hall",
            "  godwit play day.jsonl --rewrite 's|^home/(.*)|$1/test|'",
            "  zcat day.jsonl.gz | godwit play -"
        })
final class PlayCommand extends ClientCommand {
    private static final int FOR_EVER = Integer.MAX_VALUE;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Parameters(paramLabel = "FILE", description = "The recording; - is standard input.")
    private String file = "-";

    @Mixin
    private TopicOption topic = new TopicOption("Play only topics that match, as recorded; may be repeated.");

    @Mixin
    private QosOption qos = new QosOption("Publish all with this QoS, not with the recorded one.");

    @Mixin
    private SpeedOption speed = new SpeedOption("Play X times as fast: 2, 0.5. [1]");

    @Option(names = "--fast", description = "Without any pause.")
    private boolean fast;

    @Option(names = "--loop", paramLabel = "N|forever", description = "Play N times. [1]")
    private String loop = "1";

    @Option(
            names = "--topic-from",
            paramLabel = "TOPIC",
            description = "With --topic-to: what is at or below this topic ...")
    private @Nullable String topicFrom;

    @Option(names = "--topic-to", paramLabel = "TOPIC", description = "... goes to or below this one.")
    private @Nullable String topicTo;

    @Option(
            names = "--rewrite",
            paramLabel = "s/FROM/TO/",
            description = "Change topics with a regular expression, as sed does; may be repeated.")
    private List<String> rewrites = new ArrayList<>();

    @Option(names = "--no-retain", description = "Publish nothing as retained.")
    private boolean noRetain;

    @Mixin
    private InFlightOption inFlight =
            new InFlightOption("Messages of QoS 1 and 2 in flight at most. [1024; 20 before MQTT 5]");

    @Mixin
    private TimeoutOption timeout =
            new TimeoutOption("How long the last acknowledgements may take, exit code 27. [30s]");

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    // Main thread only, but for the summary.
    private volatile long start = System.nanoTime();
    private volatile long messages;
    private volatile long bytes;
    private volatile int round;
    private volatile long latest;

    /** Set when the command is ended from outside: from then on, nothing more is published. */
    private volatile boolean ended;

    PlayCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        List<TopicFilter> wanted = topic.all().stream().map(TopicFilter::of).toList();
        UnaryOperator<String> rewrite = rewrite();
        int rounds = rounds();
        Duration limit = timeout.or(TIMEOUT);
        double factor = speed.value();
        if (rounds > 1 && file.equals("-")) {
            throw new IllegalArgumentException("--loop: standard input can be played only once; name a file");
        }
        if (!file.equals("-") && !Files.isReadable(Path.of(file))) {
            throw new IllegalArgumentException("cannot read file " + file);
        }
        MqttClient client = builder()
                .maximumInFlight(inFlight.or(
                        PublishWindow.inFlight(Qos.EXACTLY_ONCE, connection().version())))
                .callTimeout(Duration.ofDays(1))
                .build();
        PublishWindow window = new PublishWindow(client, limit, guard()::answered);
        try (LiveStatistics live = LiveStatistics.start(metrics, terminal(), StatisticsSource.of(client));
                Progress progress = new Progress(terminal(), () -> summary(window));
                ShutdownHook interruption = new ShutdownHook(() -> {
                    ended = true;
                    disconnectQuickly(client);
                    progress.close();
                    note(summary(window));
                })) {
            connect(client);
            start = System.nanoTime();
            for (int i = 1; i <= rounds; i++) {
                round = i;
                if (!play(window, wanted, rewrite, factor) || ended) {
                    break;
                }
            }
            window.await();
        } catch (TimeoutException e) {
            hurry();
            throw e;
        } finally {
            disconnect(client);
        }
        if (ended) {
            return ExitCodes.INTERRUPTED; // it was summed up already
        }
        note(summary(window));
        Throwable failed = guard().failure() != null ? guard().failure() : window.failure();
        if (failed != null) {
            note("godwit play: " + Failures.text(failed));
            return Failures.exitCode(failed);
        }
        return ExitCodes.OK;
    }

    /** Plays the recording once. False: there was nothing in it to play. */
    private boolean play(PublishWindow window, List<TopicFilter> wanted, UnaryOperator<String> rewrite, double factor)
            throws IOException, InterruptedException, TimeoutException {
        long begin = System.nanoTime();
        long before = messages;
        int number = 0;
        try (BufferedReader lines = file.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                RecordedMessage recorded;
                Message message;
                try {
                    recorded = RecordedMessage.parse(line);
                    message = rewritten(recorded.message(), rewrite);
                } catch (IllegalArgumentException e) {
                    throw new IOException(name() + ", line " + number + ": " + e.getMessage(), e);
                }
                if (!wanted.isEmpty()
                        && wanted.stream()
                                .noneMatch(filter ->
                                        filter.matches(recorded.message().topic()))) {
                    continue;
                }
                if (!fast) {
                    waitUntil(begin + Math.round(recorded.at().toNanos() / factor));
                }
                if (ended || guard().failure() != null) {
                    break;
                }
                window.publish(message);
                bytes = bytes + message.payload().length;
                messages = messages + 1;
            }
        } catch (CharacterCodingException e) {
            throw new IOException(name() + ", line " + (number + 1) + ": not UTF-8 text", e);
        }
        return messages > before;
    }

    private String name() {
        return file.equals("-") ? "standard input" : file;
    }

    private void waitUntil(long due) throws InterruptedException {
        long early = due - System.nanoTime();
        if (early > 0) {
            TimeUnit.NANOSECONDS.sleep(early);
        } else {
            latest = Math.max(latest, -early);
        }
    }

    private Message rewritten(Message message, UnaryOperator<String> rewrite) {
        String renamed = rewrite.apply(message.topic());
        TopicName.check(renamed);
        return new Message(
                renamed,
                message.payload(),
                qos.or(message.qos()),
                message.retain() && !noRetain,
                connection().version() == ProtocolVersion.V5 ? message.properties() : MqttProperties.NONE);
    }

    private UnaryOperator<String> rewrite() {
        if ((topicFrom == null) != (topicTo == null)) {
            throw new IllegalArgumentException("--topic-from and --topic-to go together");
        }
        List<UnaryOperator<String>> steps = new ArrayList<>();
        if (topicFrom != null && topicTo != null) {
            steps.add(TopicRewrite.moved(topicFrom, topicTo));
        }
        rewrites.forEach(text -> steps.add(TopicRewrite.substitution(text)));
        return name -> {
            String result = name;
            for (UnaryOperator<String> step : steps) {
                result = step.apply(result);
            }
            return result;
        };
    }

    private int rounds() {
        if (loop.equals("forever")) {
            return FOR_EVER;
        }
        try {
            int times = Integer.parseInt(loop);
            if (times > 0) {
                return times;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("--loop " + loop + ": must be greater than 0, or forever");
    }

    private String summary(PublishWindow window) {
        return summary(messages, bytes, Duration.ofNanos(System.nanoTime() - start))
                + (loop.equals("1") ? "" : ", round " + round + " of " + loop)
                + (latest < TimeUnit.MILLISECONDS.toNanos(10)
                        ? ""
                        : ", up to " + time(Duration.ofNanos(latest)) + " late")
                + (window.failed() == 0 ? "" : ", " + window.failed() + " failed");
    }
}
