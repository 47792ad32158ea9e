package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.JsonOption;
import io.godwit.cli.options.PayloadStyleOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.PayloadStyle;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.Terminal.Colour;
import io.godwit.cli.recording.TopicTree;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.web.recording.RecordedMessage;
import io.godwit.web.source.RetainedScan;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which messages the broker has retained, as a tree of topics; clears them. */
@Command(
        name = "retained",
        sortOptions = false,
        customSynopsis = {"godwit retained [OPTIONS] [FILTER...]", "godwit retained [OPTIONS] clear FILTER..."},
        description = "Show the retained messages below topic filters, or clear them.",
        exitCodeList = {
            "7:a message was not acknowledged",
            "8:the broker rejected a subscription",
            "27:timed out",
            "141:standard output was closed by its reader"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit retained                             all, as a tree",
            "  godwit retained 'home/#' --json > saved     a line of JSON each, which godwit play brings back",
            "  godwit retained clear 'home/old/#'          asks first"
        })
final class RetainedCommand extends ClientCommand {
    private static final String CLEAR = "clear";
    private static final int SHOWN = 72;
    private static final Duration CLEAR_LIMIT = Duration.ofSeconds(30);

    @Parameters(
            arity = "0..*",
            paramLabel = "FILTER",
            description = "The topic filters; clear before them clears what matches. [#]")
    private List<String> words = new ArrayList<>();

    @Mixin
    private TopicOption topic = new TopicOption("The same as FILTER.");

    @Mixin
    private JsonOption json = new JsonOption("A line of JSON each, in the form of godwit record.");

    @Mixin
    private PayloadStyleOption style = new PayloadStyleOption();

    @Option(names = "--full", description = "Show long payloads in full.")
    private boolean full;

    @Option(
            names = "--idle",
            paramLabel = "TIME",
            converter = Durations.class,
            description = {
                "MQTT does not mark the last retained message:",
                "take it for the last when none has arrived for this time. [1s]"
            })
    private Duration idle = Duration.ofSeconds(1);

    @Option(names = "--yes", description = "Clear without asking.")
    private boolean yes;

    RetainedCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        boolean clear = !words.isEmpty() && words.get(0).equals(CLEAR);
        List<String> named = new ArrayList<>(topic.all());
        named.addAll(clear ? words.subList(1, words.size()) : words);
        if (named.isEmpty() && clear) {
            throw new IllegalArgumentException("missing filter: godwit retained clear FILTER");
        }
        List<String> wanted = named.isEmpty() ? List.of("#") : named;
        wanted.forEach(TopicFilter::of);
        if (clear && !yes && !Terminal.inIsTerminal()) {
            throw new IllegalArgumentException(
                    "cannot ask for confirmation because standard input is not a terminal: add --yes");
        }
        MqttClient client = builder().callTimeout(Duration.ofDays(1)).build();
        try (ShutdownHook interruption = new ShutdownHook(() -> disconnectQuickly(client))) {
            connect(client);
            RetainedScan scan = new RetainedScan(client, connection().properties(Property.Location.SUBSCRIBE), idle);
            Map<String, Message> retained = scan.messages(wanted);
            if (json.isOn()) {
                retained = scan.withQos(retained);
            }
            if ((!clear || !yes) && !print(retained)) {
                return ExitCodes.OUTPUT_CLOSED;
            }
            if (!scan.isComplete()) {
                note("the list may be incomplete: the broker sent other messages each time it was asked");
            }
            if (clear) {
                return clear(client, scan, wanted, retained);
            }
            return scan.isComplete() ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
        } finally {
            disconnect(client);
        }
    }

    /** Returns false if standard output was closed by its reader. */
    private boolean print(Map<String, Message> retained) {
        if (json.isOn()) {
            return retained.values().stream()
                    .map(message -> new RecordedMessage(Duration.ZERO, null, message).toJson())
                    .allMatch(terminal()::line);
        }
        TopicTree tree = new TopicTree();
        retained.values().forEach(message -> tree.put(message.topic(), shown(message)));
        if (!tree.lines(level -> terminal().paint(Colour.TOPIC, level)).stream().allMatch(terminal()::line)) {
            return false;
        }
        int bytes = retained.values().stream()
                .mapToInt(message -> message.payload().length)
                .sum();
        note(count(retained.size()) + ", " + bytes + " bytes");
        return true;
    }

    private static String count(int messages) {
        return messages + (messages == 1 ? " retained message" : " retained messages");
    }

    /** The payload on one line, as long as fits. */
    private String shown(Message message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PayloadStyle readable = style.style() != PayloadStyle.auto
                ? style.style()
                : PayloadStyle.isText(message.payload()) ? PayloadStyle.text : PayloadStyle.hex;
        readable.append(out, message.payload(), terminal());
        String text = out.toString(StandardCharsets.UTF_8).replaceAll("\\s*\\R\\s*", " ");
        boolean cut = !full && text.length() > SHOWN;
        return "= "
                + (readable == PayloadStyle.hex && style.style() == PayloadStyle.auto ? "hex " : "")
                + (cut ? text.substring(0, SHOWN) + "…" : text)
                + (cut ? " (" + message.payload().length + " bytes)" : "");
    }

    private int clear(MqttClient client, RetainedScan scan, List<String> filters, Map<String, Message> retained)
            throws Exception {
        if (retained.isEmpty()) {
            note("there is nothing to clear");
            return ExitCodes.OK;
        }
        if (!yes && !isConfirmed("Clear " + count(retained.size()) + "? [y/N] ")) {
            note("nothing was cleared");
            return ExitCodes.FAILED;
        }
        Map<String, Message> left = retained;
        int cleared = 0;
        while (true) {
            PublishWindow window = new PublishWindow(client, CLEAR_LIMIT, guard()::answered);
            for (String topic : left.keySet()) {
                window.publish(Message.clearRetained(topic).withQos(Qos.AT_LEAST_ONCE));
            }
            window.await();
            // MQTT 3.1.1 acknowledges what is not allowed too, so look again
            Map<String, Message> after = scan.messages(filters);
            int still = after.size();
            after.keySet().retainAll(left.keySet());
            cleared += left.size() - after.size();
            if (!after.isEmpty()) {
                Throwable failure = window.failure();
                String first = after.keySet().iterator().next();
                note("godwit retained: " + count(cleared) + " cleared, " + after.size() + " still there, such as '"
                        + first + "': " + (failure != null ? Failures.text(failure) : "the broker does not allow it"));
                return ExitCodes.PUBLISH_FAILED;
            }
            if (still == 0 || scan.isComplete()) {
                note(count(cleared) + " cleared");
                return ExitCodes.OK;
            }
            left = scan.messages(filters); // what the first list had not shown
        }
    }

    private boolean isConfirmed(String question) throws IOException {
        terminal().err().print(question);
        terminal().err().flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        return answer != null && answer.strip().matches("(?i)y|yes");
    }
}
