package io.godwit.cli.shell;

import io.godwit.cli.options.PropertyArguments;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A message as a line of the shell says it: topic and text, or with the options of {@code pub}. */
final class MessageArguments {
    @Parameters(arity = "0..*", paramLabel = "TOPIC TEXT", description = "The topic, and the words of the message.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            description = "The topic; all words are the message then.")
    private @Nullable String topic;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "The message.")
    private @Nullable String text;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The contents of a file.")
    private @Nullable Path file;

    @Mixin
    private PropertyArguments properties = new PropertyArguments();

    /** The message; without text it is empty. */
    Message message(Qos qos, boolean retain) throws IOException {
        List<String> rest = topic == null && !words.isEmpty() ? words.subList(1, words.size()) : words;
        String name = topic != null ? topic : words.isEmpty() ? null : words.get(0);
        if (name == null) {
            throw new IllegalArgumentException("no topic is named: TOPIC TEXT, or -t TOPIC -m TEXT");
        }
        if ((rest.isEmpty() ? 0 : 1) + (text == null ? 0 : 1) + (file == null ? 0 : 1) > 1) {
            throw new IllegalArgumentException("more than one message is named: TEXT, -m TEXT or -f FILE");
        }
        byte[] payload = file != null
                ? Files.readAllBytes(file)
                : (text != null ? text : String.join(" ", rest)).getBytes(StandardCharsets.UTF_8);
        return new Message(name, payload, qos, retain, properties.of(Property.Carrier.PUBLISH));
    }
}
