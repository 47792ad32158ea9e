package io.godwit.cli.options;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The properties of MQTT 5 that {@code -D PACKET NAME VALUE} gives, collected by the packet that carries them. Names are the
 * standard's with hyphens, packets are {@code connect}, {@code publish}, {@code subscribe}, {@code
 * disconnect} and {@code will}; a user property takes a name and a value.
 */
public final class PropertyArguments {
    private static final Map<String, Property.Location> CARRIERS = Map.of(
            "connect", Property.Location.CONNECT,
            "publish", Property.Location.PUBLISH,
            "subscribe", Property.Location.SUBSCRIBE,
            "disconnect", Property.Location.DISCONNECT,
            "will", Property.Location.WILL);

    @Option(
            order = 1,
            names = {"-D", "--property"},
            arity = "3..4",
            paramLabel = "PACKET NAME VALUE",
            hideParamSyntax = true,
            parameterConsumer = Consumer.class,
            description = {
                "A property of MQTT 5, such as: publish content-type text/plain",
                "or: connect user-property NAME VALUE. May be repeated."
            })
    private Map<Property.Location, MqttProperties> properties = new EnumMap<>(Property.Location.class);

    /** What was given for packets of this kind. */
    public MqttProperties of(Property.Location carrier) {
        return properties.getOrDefault(carrier, MqttProperties.NONE);
    }

    /** Whether any was given. */
    public boolean isEmpty() {
        return properties.isEmpty();
    }

    /** Takes three arguments, or four for a user property, as mosquitto's clients do. */
    static final class Consumer implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> arguments, ArgSpec argument, CommandSpec command) {
            Map<Property.Location, MqttProperties> all = argument.getValue();
            all = all == null ? new EnumMap<>(Property.Location.class) : new EnumMap<>(all); // never the initial one
            argument.setValue(all);
            CommandLine line = command.commandLine();
            String packet = next(line, arguments, "a packet: " + names(CARRIERS.keySet()));
            Property.Location carrier = CARRIERS.get(packet.toLowerCase(Locale.ROOT));
            if (carrier == null) {
                throw new ParameterException(
                        line, "-D: '" + packet + "' carries no properties here; one of " + names(CARRIERS.keySet()));
            }
            String name = next(line, arguments, "the name of a property");
            Property<?> property = property(line, carrier, name);
            String value = next(line, arguments, "the value of " + name);
            Object parsed = property == Property.USER_PROPERTY
                    ? new UserProperty(value, next(line, arguments, "the value of the user property " + value))
                    : value(line, property, value);
            MqttProperties before = all.getOrDefault(carrier, MqttProperties.NONE);
            all.put(carrier, add(before, property, parsed, carrier));
        }

        private static MqttProperties add(
                MqttProperties before, Property<?> property, Object value, Property.Location carrier) {
            MqttProperties.Builder builder = MqttProperties.builder();
            before.forEach((old, oldValue) -> {
                if (old != property || property.repeatableIn(carrier)) {
                    builder.add(old, oldValue);
                }
            });
            return builder.add(property, value).build();
        }

        private static String next(CommandLine line, Stack<String> arguments, String what) {
            if (arguments.isEmpty()) {
                throw new ParameterException(line, "-D needs PACKET NAME VALUE: missing " + what);
            }
            return arguments.pop();
        }

        private static Property<?> property(CommandLine line, Property.Location carrier, String name) {
            List<Property<?>> possible = Property.all().stream()
                    .filter(property -> property.allowedIn(carrier))
                    .toList();
            String wanted = name.toLowerCase(Locale.ROOT).replace('-', ' ');
            for (Property<?> property : possible) {
                if (property.name().equals(wanted)) {
                    return property;
                }
            }
            throw new ParameterException(
                    line,
                    "-D: " + carrier.name().toLowerCase(Locale.ROOT) + " has no property '" + name + "'; it has "
                            + possible.stream()
                                    .map(property -> property.name().replace(' ', '-'))
                                    .collect(Collectors.joining(", ")));
        }

        private static Object value(CommandLine line, Property<?> property, String text) {
            return switch (property.type()) {
                case STRING, STRING_PAIR -> utf8(line, property, text);
                case BINARY -> RawText.bytes(text);
                case BYTE, TWO_BYTES, VARIABLE -> (int) number(line, property, text);
                case FOUR_BYTES -> number(line, property, text);
            };
        }

        private static String utf8(CommandLine line, Property<?> property, String text) {
            if (!RawText.isUtf8(text)) {
                throw new ParameterException(line, "-D: " + property.name() + " is not valid UTF-8");
            }
            return text;
        }

        private static long number(CommandLine line, Property<?> property, String text) {
            try {
                long number = Long.parseLong(text);
                if (number >= property.minimum() && number <= property.maximum()) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new ParameterException(
                    line,
                    "-D: " + property.name() + " is a number from " + property.minimum() + " to " + property.maximum()
                            + ", not '" + text + "'");
        }

        private static String names(Iterable<String> names) {
            List<String> sorted = new java.util.ArrayList<>();
            names.forEach(sorted::add);
            sorted.sort(null);
            return String.join(", ", sorted);
        }
    }
}
