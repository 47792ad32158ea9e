package io.godwit.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** {@code godwit.mqtt.*}: the default client, further clients by name, and what is common to all listeners. */
@ConfigurationProperties("godwit.mqtt")
public class GodwitProperties extends ClientProperties {
    /** Further clients by name; {@code @MqttListener(client = "name")} and {@code MqttClients.get("name")} use them. */
    private final Map<String, ClientProperties> clients = new LinkedHashMap<>();

    @NestedConfigurationProperty
    private final Listener listener = new Listener();

    @NestedConfigurationProperty
    private final Embedded embeddedBroker = new Embedded();

    @NestedConfigurationProperty
    private final Metrics metrics = new Metrics();

    @NestedConfigurationProperty
    private final Tracing tracing = new Tracing();

    public Map<String, ClientProperties> getClients() {
        return clients;
    }

    public Listener getListener() {
        return listener;
    }

    public Embedded getEmbeddedBroker() {
        return embeddedBroker;
    }

    public Metrics getMetrics() {
        return metrics;
    }

    public Tracing getTracing() {
        return tracing;
    }

    /** What is common to all listeners. */
    public static class Listener {
        /** Whether listeners subscribe when the application starts. */
        private boolean enabled = true;

        /** How long the start waits for the broker to grant the subscriptions; afterwards it goes on without them. */
        private Duration startupTimeout = Duration.ofSeconds(10);

        /** How often a message whose listener threw is handed to it again before the dead letter topic, or a refusal; 0 by default. */
        private @Nullable Integer retries;

        /** How long to wait before the first retry; doubled for each further one; 1 second by default. */
        private @Nullable Duration retryDelay;

        /** Exceptions after which a message isn't handed to its listener again, nor after one that has them as a cause. */
        private List<Class<? extends Throwable>> notRetried = new ArrayList<>();

        /** Where messages go whose listener keeps throwing; {topic} is replaced by theirs. If not set they are refused. */
        private @Nullable String deadLetterTopic;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        public Duration getStartupTimeout() {
            return startupTimeout;
        }

        public void setStartupTimeout(Duration startupTimeout) {
            this.startupTimeout = startupTimeout;
        }

        public @Nullable Integer getRetries() {
            return retries;
        }

        public void setRetries(@Nullable Integer retries) {
            this.retries = retries;
        }

        public @Nullable Duration getRetryDelay() {
            return retryDelay;
        }

        public void setRetryDelay(@Nullable Duration retryDelay) {
            this.retryDelay = retryDelay;
        }

        public List<Class<? extends Throwable>> getNotRetried() {
            return notRetried;
        }

        public void setNotRetried(List<Class<? extends Throwable>> notRetried) {
            this.notRetried = notRetried;
        }

        public @Nullable String getDeadLetterTopic() {
            return deadLetterTopic;
        }

        public void setDeadLetterTopic(@Nullable String deadLetterTopic) {
            this.deadLetterTopic = deadLetterTopic;
        }
    }

    /** A broker inside the application, for development and tests. */
    public static class Embedded {
        /** Whether to start a broker on a free port of 127.0.0.1 and use it in place of the servers. Needs godwit-broker. */
        private boolean enabled;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** Meters of all clients. */
    public static class Metrics {
        /** Whether clients register meters. Needs godwit-micrometer and a meter registry. */
        private boolean enabled = true;

        /** Whether each publish and each handler is timed. */
        private boolean timers = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        public boolean isTimers() {
            return timers;
        }

        public void setTimers(boolean timers) {
            this.timers = timers;
        }
    }

    /** Spans of all clients. */
    public static class Tracing {
        /** Whether publishes and handlers have spans. Needs godwit-opentelemetry and a bean of type OpenTelemetry. */
        private boolean enabled = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }
}
