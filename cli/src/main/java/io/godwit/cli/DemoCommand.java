package io.godwit.cli;

import io.godwit.cli.options.VersionOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.Terminal.Colour;
import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows in a few seconds what MQTT is and that this works: a broker, a subscriber, a publisher, and a will. */
@Command(
        name = "demo",
        sortOptions = false,
        description =
                "Watch messages being delivered: a broker, a subscriber, a publisher and a will, all in this process.",
        footerHeading = "%nExamples:%n",
        footer = {"  godwit demo", "  godwit demo -V 31                    with MQTT 3.1"})
final class DemoCommand implements Callable<Integer> {
    private static final int SECONDS_TO_ARRIVE = 10;
    private static final int WIDEST = 100;

    @Mixin
    private VersionOption version = new VersionOption("MQTT 31, 311 or 5. [5]");

    private final Terminal terminal;
    private int step;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        long start = System.nanoTime();
        BlockingQueue<Message> arrived = new ArrayBlockingQueue<>(100);
        try (MqttBroker broker = MqttBroker.start();
                MqttClient hall = client(broker, "hall-display", null);
                MqttClient boiler = client(
                        broker,
                        "boiler",
                        Message.of("boiler/status", "offline")
                                .withQos(Qos.AT_LEAST_ONCE)
                                .withRetain(true))) {
            explain("A broker runs in this process at " + broker.uri() + ", speaking MQTT 3.1, 3.1.1 and 5.");

            hall.connect();
            hall.subscribe("boiler/#", Qos.EXACTLY_ONCE, arrived::add);
            explain("'hall-display' connected with MQTT " + version + " and subscribed to boiler/#.");

            boiler.connect();
            explain("'boiler' connected and left a will: \"offline\" on boiler/status, should it vanish.");

            for (Qos qos : Qos.values()) {
                String text = 61 + qos.level() + " °C";
                boiler.publish(Message.of("boiler/temperature", text).withQos(qos));
                explain("'boiler' published \"" + text + "\" on boiler/temperature, QoS " + qos.level() + meaning(qos));
                show(arrived, "boiler/temperature", text);
            }

            boiler.publish(Message.of("boiler/status", "heating").withRetain(true));
            explain(
                    "'boiler' published \"heating\" on boiler/status, retained: the broker keeps it for later subscribers.");
            show(arrived, "boiler/status", "heating");

            broker.faults().dropConnection("boiler");
            explain("The connection of 'boiler' was cut without DISCONNECT. The broker publishes its will:");
            show(arrived, "boiler/status", "offline");
        }
        long milliseconds = (System.nanoTime() - start) / 1_000_000;
        terminal.line("");
        terminal.line("That was MQTT, in " + milliseconds + " ms. Now in three terminals of your own:");
        String typed = System.getenv(
                "GODWIT_TYPED"); // the launcher of a checkout, which is on no PATH, says how it was called
        String godwit = typed == null || typed.isEmpty() ? "godwit" : typed;
        terminal.line("  " + godwit + " broker");
        terminal.line("  " + godwit + " sub -t 'greetings/#' -v");
        terminal.line("  " + godwit + " pub -t greetings/world -m hello");
        return ExitCodes.OK;
    }

    private MqttClient client(MqttBroker broker, String name, @Nullable Message will) {
        return MqttClient.builder()
                .server(broker.uri())
                .protocol(spoken())
                .clientId(name)
                .will(will)
                .reconnect(Reconnect.never())
                .build();
    }

    private ProtocolVersion spoken() {
        ProtocolVersion asked = version.get();
        return asked != null ? asked : ProtocolVersion.V5;
    }

    private void explain(String text) {
        List<String> lines = wrapped(text, Math.min(terminal.columns(), WIDEST) - 3);
        for (int i = 0; i < lines.size(); i++) {
            terminal.line((i == 0 ? terminal.paint(Colour.STRONG, ++step + ".") + " " : "   ") + lines.get(i));
        }
    }

    /** The text in lines of this many characters at most, broken between words. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private void show(BlockingQueue<Message> arrived, String topic, String text) throws InterruptedException {
        Message message = arrived.poll(SECONDS_TO_ARRIVE, TimeUnit.SECONDS);
        if (message == null || !message.topic().equals(topic) || !message.text().equals(text)) {
            throw new IllegalStateException("\"" + text + "\" on " + topic + " should have arrived, but "
                    + (message == null ? "nothing came within " + SECONDS_TO_ARRIVE + " s" : message + " did"));
        }
        terminal.line("   " + terminal.paint(Colour.GOOD, "hall-display received") + " "
                + terminal.paint(Colour.TOPIC, topic) + ": " + text + " (QoS "
                + message.qos().level() + (message.retain() ? ", retained" : "") + ")");
    }

    private static String meaning(Qos qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> ": sent once.";
            case AT_LEAST_ONCE -> ": acknowledged, so it arrives at least once.";
            case EXACTLY_ONCE -> ": in four steps, so it arrives exactly once.";
        };
    }
}
