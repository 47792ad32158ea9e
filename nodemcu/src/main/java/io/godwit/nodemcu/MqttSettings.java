package io.godwit.nodemcu;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the module takes from its configuration rather than from the script. Immutable; each {@code with} method returns a
 * changed copy.
 *
 * @param version 3.1 or 3.1.1: the option "Enable MQTT protocol 3.1.1" of the firmware's build
 * @param profile the device that the module behaves as
 * @param reconnect the delays of {@code autoreconnect}
 * @param explicitTimeout the network timeout if one was set, else null for the profile's
 * @param environment threads, time and output
 */
public record MqttSettings(
        ProtocolVersion version,
        Profile profile,
        ReconnectDelay reconnect,
        @Nullable Duration explicitTimeout,
        Environment environment) {

    /** Runs something later. */
    @FunctionalInterface
    public interface Timer {
        /** Runs the task on the executor of callbacks after a delay; the result cancels it if it has not begun. */
        Runnable after(Duration delay, Runnable task);
    }

    /**
     * The delay between two attempts of {@code autoreconnect}.
     *
     * @param interval 10 s by default, as in esp-mqtt
     * @param jitter the share of the interval that varies at random, 0 to 1, so that a fleet does not return all at once
     */
    public record ReconnectDelay(Duration interval, double jitter) {
        public ReconnectDelay {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("invalid reconnect interval " + interval + ": must not be negative");
            }
            if (!(jitter >= 0 && jitter <= 1)) {
                throw new IllegalArgumentException("invalid reconnect jitter " + jitter + ": must be 0 to 1");
            }
        }
    }

    /**
     * Where the module runs.
     *
     * @param executor runs callbacks one at a time and in order; null for the common pool
     * @param timer runs a task on the executor after a delay; null for the JVM's clock
     * @param random 0 to 1, for the jitter
     * @param warnings receives differences from the device, refused topics and the like
     * @param clients makes the builder of each connection's client; {@link MqttClient#builder} by default
     */
    public record Environment(
            @Nullable Executor executor,
            @Nullable Timer timer,
            DoubleSupplier random,
            Consumer<Warning> warnings,
            Supplier<MqttClientBuilder> clients) {}

    public MqttSettings {
        if (version == ProtocolVersion.V5) {
            throw new IllegalArgumentException(
                    "invalid MQTT version 5 for the NodeMCU module: must be 3.1 or 3.1.1; for 5 use MqttClient");
        }
    }

    /** MQTT 3.1.1, profile {@code esp32}, sockets, callbacks on the common pool, warnings to the log. */
    public static MqttSettings defaults() {
        return new MqttSettings(
                ProtocolVersion.V3_1_1,
                Profile.ESP32,
                new ReconnectDelay(Duration.ofSeconds(10), 0.1),
                null,
                new Environment(null, null, Math::random, new LoggedWarnings(), MqttClient::builder));
    }

    /**
     * The defaults, changed by {@code godwit.properties} in the working folder if it exists: {@code mqtt.version} (3.1 or
     * 3.1.1), {@code nodemcu.profile} and {@code nodemcu.reconnect} (seconds).
     */
    public static MqttSettings configured() {
        Path file = Path.of("godwit.properties");
        return Files.isReadable(file) ? defaults().load(file) : defaults();
    }

    /**
     * Applies a properties file; see {@link #configured}.
     *
     * @throws IllegalArgumentException naming the file and what is wrong in it
     */
    public MqttSettings load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            MqttSettings changed = this;
            String version = properties.getProperty("mqtt.version");
            if (version != null) {
                changed = changed.withVersion(versionOf(version.trim()));
            }
            String profile = properties.getProperty("nodemcu.profile");
            if (profile != null) {
                changed = changed.withProfile(Profile.of(profile));
            }
            String reconnect = properties.getProperty("nodemcu.reconnect");
            if (reconnect != null) {
                changed = changed.withReconnectInterval(seconds(reconnect.trim()));
            }
            return changed;
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofMillis((long) (Double.parseDouble(text) * 1000));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "invalid nodemcu.reconnect '" + text + "': must be a number of seconds, such as 10", e);
        }
    }

    /** Reads {@code 3.1}, {@code 31}, {@code 3.1.1} or {@code 311}, with or without {@code mqttv} before it. */
    public static ProtocolVersion versionOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT).replace("mqttv", "").replace(".", "")) {
            case "31", "3" -> ProtocolVersion.V3_1;
            case "311", "4" -> ProtocolVersion.V3_1_1;
            default ->
                throw new IllegalArgumentException(
                        "invalid MQTT version '" + text + "' for the NodeMCU module: must be 3.1 or 3.1.1");
        };
    }

    public MqttSettings withVersion(ProtocolVersion newVersion) {
        return new MqttSettings(newVersion, profile, reconnect, explicitTimeout, environment);
    }

    public MqttSettings withProfile(Profile newProfile) {
        return new MqttSettings(version, newProfile, reconnect, explicitTimeout, environment);
    }

    public MqttSettings withReconnectInterval(Duration interval) {
        return new MqttSettings(
                version, profile, new ReconnectDelay(interval, reconnect.jitter()), explicitTimeout, environment);
    }

    public MqttSettings withReconnectJitter(double jitter) {
        return new MqttSettings(
                version, profile, new ReconnectDelay(reconnect.interval(), jitter), explicitTimeout, environment);
    }

    /** The time limit for TCP, CONNACK and what is in flight at {@code close}. */
    public MqttSettings withNetworkTimeout(Duration timeout) {
        return new MqttSettings(version, profile, reconnect, timeout, environment);
    }

    public MqttSettings withWarnings(Consumer<Warning> receiver) {
        return new MqttSettings(
                version,
                profile,
                reconnect,
                explicitTimeout,
                new Environment(
                        environment.executor(),
                        environment.timer(),
                        environment.random(),
                        receiver,
                        environment.clients()));
    }

    /**
     * What makes the clients: {@code () -> MqttClient.builder().listener(metrics)} follows each of them. The module sets server,
     * version, identity, will, time limits and handlers itself.
     */
    public MqttSettings withClients(Supplier<MqttClientBuilder> clients) {
        return new MqttSettings(
                version,
                profile,
                reconnect,
                explicitTimeout,
                new Environment(
                        environment.executor(),
                        environment.timer(),
                        environment.random(),
                        environment.warnings(),
                        clients));
    }

    /** Runs callbacks and timeouts somewhere else, such as a device's queue or a test's clock. */
    public MqttSettings runningOn(Executor executor, Timer timer, DoubleSupplier random) {
        return new MqttSettings(
                version,
                profile,
                reconnect,
                explicitTimeout,
                new Environment(executor, timer, random, environment.warnings(), environment.clients()));
    }

    /** The network timeout that was set, else 10 s on an ESP32 and 5 s on an ESP8266, as in their firmware. */
    public Duration networkTimeout() {
        if (explicitTimeout != null) {
            return explicitTimeout;
        }
        return Duration.ofSeconds(profile.isEsp32() ? 10 : 5);
    }

    Timer timerOn(Executor events) {
        Timer given = environment.timer();
        if (given != null) {
            return given;
        }
        return (delay, task) -> {
            CompletableFuture<Void> future = CompletableFuture.runAsync(
                    task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, events));
            return () -> future.cancel(false);
        };
    }
}
