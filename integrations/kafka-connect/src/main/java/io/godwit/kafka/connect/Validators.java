package io.godwit.kafka.connect;

import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Checks of single settings. What they say ends up in the answer of Connect's REST interface. */
final class Validators {
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private Validators() {}

    /** At least one server address; without a password, which everyone who may read the configuration would see. */
    static ConfigDef.Validator servers() {
        return new Described("mqtt://, mqtts://, ws:// or wss:// addresses", (name, value) -> {
            List<?> servers = list(value);
            if (servers.isEmpty()) {
                throw new IllegalArgumentException(
                        "is missing: set the broker's address, such as mqtt://localhost:1883;"
                                + " several are tried in order");
            }
            for (Object server : servers) {
                ServerAddress address = ServerAddress.parse(server.toString());
                if (address.user() != null || address.password() != null) {
                    throw new IllegalArgumentException("has a user or password in " + address.withoutCredentials()
                            + ", which Connect shows to everyone: use mqtt.username and mqtt.password");
                }
            }
        });
    }

    static ConfigDef.Validator filters() {
        return new Described("topic filters", (name, value) -> {
            List<?> filters = list(value);
            if (filters.isEmpty()) {
                throw new IllegalArgumentException("is missing: set one or more topic filters, such as sensors/#");
            }
            for (Object filter : filters) {
                String fault = TopicFilter.fault(filter.toString());
                if (fault != null) {
                    throw new IllegalArgumentException("is invalid: " + fault);
                }
                if (TopicFilter.of(filter.toString()).isShared()) {
                    throw new IllegalArgumentException("has the shared subscription '" + filter
                            + "': write the filter alone; the connector shares it among its tasks,"
                            + " see mqtt.shared.subscription");
                }
            }
            if (Set.copyOf(filters).size() < filters.size()) {
                throw new IllegalArgumentException("has a filter twice: remove one");
            }
        });
    }

    /** A template that must not be empty. */
    static ConfigDef.Validator requiredTemplate(Set<String> kinds, String example) {
        return new Described("a template", (name, value) -> {
            if (value == null || value.toString().isBlank()) {
                throw new IllegalArgumentException("is missing: set a template, such as " + example);
            }
            Template.parse(value.toString(), kinds);
        });
    }

    static ConfigDef.Validator template(Set<String> kinds) {
        return new Described("a template, or empty", (name, value) -> Template.parse(String.valueOf(value), kinds));
    }

    static ConfigDef.Validator regularExpression() {
        return new Described("a regular expression, or empty", (name, value) -> {
            try {
                Pattern.compile(String.valueOf(value));
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("is not a valid regular expression: " + e.getMessage());
            }
        });
    }

    static ConfigDef.Validator kafkaTopicOrEmpty() {
        return new Described("a topic of Kafka, or empty", (name, value) -> {
            String topic = String.valueOf(value);
            if (!topic.isEmpty() && !isKafkaTopic(topic)) {
                throw new IllegalArgumentException("is '" + topic + "', which is not a topic name of Kafka:"
                        + " use 1 to 249 letters, digits, '.', '_' and '-'");
            }
        });
    }

    static boolean isKafkaTopic(String topic) {
        return TOPIC.matcher(topic).matches() && !topic.equals(".") && !topic.equals("..");
    }

    static ConfigDef.Validator proxyOrEmpty() {
        return new Described("http://host:port or socks5://host:port, or empty", (name, value) -> {
            String proxy = secret(value);
            if (!proxy.isEmpty()) {
                ProxyServer.parse(proxy);
            }
        });
    }

    /** Lines such as {@code Authorization: Bearer x}; the message does not repeat the value. */
    static ConfigDef.Validator headers() {
        return new Described(
                "Name: value, one a line",
                (name, value) -> secret(value)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .forEach(line -> {
                            if (line.indexOf(':') < 1) {
                                throw new IllegalArgumentException(
                                        "has a line without a colon: write one 'Name: value' a line");
                            }
                        }));
    }

    static ConfigDef.Validator oneOf(String... values) {
        return ConfigDef.ValidString.in(values);
    }

    private static String secret(@Nullable Object value) {
        return value instanceof Password password ? password.value() : "";
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    /** What is wrong with a value. */
    private interface Check {
        /** @throws IllegalArgumentException with the message */
        void check(String name, @Nullable Object value);
    }

    /** A check with the description that documentation shows. */
    private record Described(String description, Check check) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, @Nullable Object value) {
            try {
                check.check(name, value);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name + " " + sentence(String.valueOf(e.getMessage())));
            }
        }

        /** Messages of the library are sentences of their own. */
        private static String sentence(String message) {
            return message.startsWith("is ") || message.startsWith("has ") ? message : "is invalid: " + message;
        }

        @Override
        public String toString() {
            return description;
        }
    }
}
