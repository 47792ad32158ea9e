package io.godwit.nodemcu;

import io.godwit.mqtt.client.net.Carrier;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What the module takes from its configuration rather than from the script. Immutable; each method gives a changed copy.
 *
 * @param version 3.1 or 3.1.1: the option "Enable MQTT protocol 3.1.1" of the firmware's build
 * @param reconnectInterval between attempts of {@code autoreconnect}; 10 s, as esp-mqtt
 * @param reconnectJitter the part of the interval that varies at random, 0 to 1, so that a fleet does not return at once
 * @param networkTimeout for CONNACK and for what is in flight at {@code close}; 10 s, on an ESP8266 5 s
 * @param executor where callbacks run, one at a time and in order: it must not run two tasks at once
 * @param timer runs a task on the executor after a time
 * @param random 0 to 1, for the jitter
 * @param remarks takes one line each: differences from the device, refused topics and the like
 * @param carrier carries the connections; null for sockets
 */
public record MqttSettings(
        ProtocolVersion version,
        Profile profile,
        Duration reconnectInterval,
        double reconnectJitter,
        Duration networkTimeout,
        @Nullable Executor executor,
        @Nullable Timer timer,
        DoubleSupplier random,
        Consumer<String> remarks,
        @Nullable Carrier carrier) {

    /** Runs something later. */
    @FunctionalInterface
    public interface Timer {
        /** @return cancels the task if it has not begun */
        Runnable after(Duration delay, Runnable task);
    }

    public MqttSettings {
        if (version == ProtocolVersion.V5) {
            throw new IllegalArgumentException("the module speaks MQTT 3.1 and 3.1.1; for 5 use MqttClient");
        }
        if (!(reconnectJitter >= 0 && reconnectJitter <= 1)) {
            throw new IllegalArgumentException("jitter is a part from 0 to 1, not " + reconnectJitter);
        }
    }

    public static MqttSettings defaults() {
        return new MqttSettings(
                ProtocolVersion.V3_1_1,
                Profile.ESP32,
                Duration.ofSeconds(10),
                0.1,
                Duration.ofSeconds(10),
                null,
                null,
                Math::random,
                LoggerFactory.getLogger(Mqtt.class)::warn,
                null);
    }

    /**
     * The defaults, changed by {@code godwit.properties} in the working folder if there is one: {@code mqtt.version}
     * (3.1 or 3.1.1), {@code nodemcu.profile} and {@code nodemcu.reconnect} (seconds).
     */
    public static MqttSettings configured() {
        Path file = Path.of("godwit.properties");
        return Files.isReadable(file) ? defaults().load(file) : defaults();
    }

    /**
     * Takes what a properties file says, as {@link #configured}.
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
                changed = changed.version(versionOf(version.trim()));
            }
            String profile = properties.getProperty("nodemcu.profile");
            if (profile != null) {
                changed = changed.profile(Profile.of(profile.trim()));
            }
            String reconnect = properties.getProperty("nodemcu.reconnect");
            if (reconnect != null) {
                changed = changed.reconnectInterval(
                        Duration.ofMillis((long) (Double.parseDouble(reconnect.trim()) * 1000)));
            }
            return changed;
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** Reads {@code 3.1}, {@code 31}, {@code 3.1.1} or {@code 311}, with or without {@code mqttv} before it. */
    public static ProtocolVersion versionOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT).replace("mqttv", "").replace(".", "")) {
            case "31", "3" -> ProtocolVersion.V3_1;
            case "311", "4" -> ProtocolVersion.V3_1_1;
            default ->
                throw new IllegalArgumentException("no version '" + text + "' of the module; there are 3.1 and 3.1.1");
        };
    }

    public MqttSettings version(ProtocolVersion newVersion) {
        return new MqttSettings(
                newVersion,
                profile,
                reconnectInterval,
                reconnectJitter,
                networkTimeout,
                executor,
                timer,
                random,
                remarks,
                carrier);
    }

    public MqttSettings profile(Profile newProfile) {
        Duration timeout = newProfile.isEsp8266() ? Duration.ofSeconds(5) : networkTimeout;
        return new MqttSettings(
                version,
                newProfile,
                reconnectInterval,
                reconnectJitter,
                timeout,
                executor,
                timer,
                random,
                remarks,
                carrier);
    }

    public MqttSettings reconnectInterval(Duration newInterval) {
        return new MqttSettings(
                version,
                profile,
                newInterval,
                reconnectJitter,
                networkTimeout,
                executor,
                timer,
                random,
                remarks,
                carrier);
    }

    public MqttSettings reconnectJitter(double newJitter) {
        return new MqttSettings(
                version,
                profile,
                reconnectInterval,
                newJitter,
                networkTimeout,
                executor,
                timer,
                random,
                remarks,
                carrier);
    }

    public MqttSettings networkTimeout(Duration newTimeout) {
        return new MqttSettings(
                version,
                profile,
                reconnectInterval,
                reconnectJitter,
                newTimeout,
                executor,
                timer,
                random,
                remarks,
                carrier);
    }

    public MqttSettings remarks(Consumer<String> newRemarks) {
        return new MqttSettings(
                version,
                profile,
                reconnectInterval,
                reconnectJitter,
                networkTimeout,
                executor,
                timer,
                random,
                newRemarks,
                carrier);
    }

    public MqttSettings carrier(@Nullable Carrier newCarrier) {
        return new MqttSettings(
                version,
                profile,
                reconnectInterval,
                reconnectJitter,
                networkTimeout,
                executor,
                timer,
                random,
                remarks,
                newCarrier);
    }

    /** Runs callbacks and time-outs somewhere else: a device's queue, a test's clock. */
    public MqttSettings on(Executor newExecutor, Timer newTimer, DoubleSupplier newRandom) {
        return new MqttSettings(
                version,
                profile,
                reconnectInterval,
                reconnectJitter,
                networkTimeout,
                newExecutor,
                newTimer,
                newRandom,
                remarks,
                carrier);
    }

    Timer timerOn(Executor events) {
        if (timer != null) {
            return timer;
        }
        return (delay, task) -> {
            CompletableFuture<Void> future = CompletableFuture.runAsync(
                    task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, events));
            return () -> future.cancel(false);
        };
    }
}
