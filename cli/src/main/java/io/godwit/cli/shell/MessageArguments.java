package io.godwit.cli.shell;

import io.godwit.cli.options.MessageSource;
import io.godwit.cli.options.PropertyArguments;
import io.godwit.cli.options.RawText;
import io.godwit.cli.options.TopicOption;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A message as a line of the shell says it: topic and text, or with the options of {@code pub}. */
final class MessageArguments {
    @Parameters(arity = "0..*", paramLabel = "TOPIC TEXT", description = "The topic, and the words of the message.")
    private List<String> words = new ArrayList<>();

    @Mixin
    private TopicOption topic = new TopicOption("The topic; all words are the message then.");

    @ArgGroup
    private MessageSource source = new MessageSource();

    @Mixin
    private PropertyArguments properties = new PropertyArguments();

    /** The message; without text it is empty. */
    Message message(Qos qos, boolean retain) throws IOException {
        String given = topic.last();
        List<String> rest = given == null && !words.isEmpty() ? words.subList(1, words.size()) : words;
        String name = given != null ? given : words.isEmpty() ? null : words.get(0);
        if (name == null) {
            throw new IllegalArgumentException("missing topic: TOPIC TEXT, or -t TOPIC -m TEXT");
        }
        byte[] stated = source.given();
        if (stated != null && !rest.isEmpty()) {
            throw new IllegalArgumentException("more than one message: use one of TEXT, -m TEXT or -f FILE");
        }
        byte[] payload = stated != null ? stated : RawText.bytes(String.join(" ", rest));
        return new Message(name, payload, qos, retain, properties.of(Property.Location.PUBLISH));
    }
}
