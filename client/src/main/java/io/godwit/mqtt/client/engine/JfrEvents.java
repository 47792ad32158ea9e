package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Events for JDK Flight Recorder. Nothing is made unless a recording was started, by somebody else; in a runtime without
 * {@code jdk.jfr} there are none. Any thread.
 */
@SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields of events
final class JfrEvents {
    private static final boolean AVAILABLE = isAvailable();

    private JfrEvents() {}

    private static boolean isAvailable() {
        try {
            FlightRecorder.isInitialized();
            return true;
        } catch (LinkageError absent) {
            return false;
        }
    }

    private static boolean isRecording() {
        return AVAILABLE && FlightRecorder.isInitialized();
    }

    // ---- connections ----

    /** An attempt begins: what measures it, or null. */
    static @Nullable Object connecting() {
        return isRecording() ? Recorder.connecting() : null;
    }

    static void connected(@Nullable Object attempt, String client, ConnectResult result) {
        if (attempt != null) {
            Recorder.connected(attempt, client, result);
        }
    }

    static void connectFailed(@Nullable Object attempt, String client, ConnectFailure failure) {
        if (attempt != null) {
            Recorder.connectFailed(attempt, client, failure);
        }
    }

    static void disconnected(String client, DisconnectCause cause, long connectedNanos) {
        if (isRecording()) {
            Recorder.disconnected(client, cause, connectedNanos);
        }
    }

    // ---- messages ----

    /** Whether handlers that are slow are recorded. */
    static boolean recordsHandlers() {
        return isRecording() && Recorder.recordsHandlers();
    }

    /** Handlers of a message are called next: what measures them. */
    static Object handling() {
        return Recorder.handling();
    }

    static void handled(Object handling, String client, String topic, int bytes) {
        Recorder.handled(handling, client, topic, bytes);
    }

    static void queueFull(String client, int messages, long bytes) {
        if (isRecording()) {
            Recorder.queueFull(client, messages, bytes);
        }
    }

    static void storeForced(String client, long nanos) {
        if (isRecording()) {
            Recorder.storeForced(client, nanos);
        }
    }

    /** The only class that is linked to the event classes, so that none is loaded before there is a recording. */
    private static final class Recorder {
        static Object connecting() {
            Connect event = new Connect();
            event.begin();
            return event;
        }

        static void connected(Object attempt, String client, ConnectResult result) {
            Connect event = (Connect) attempt;
            event.client = client;
            event.server = result.server();
            event.success = true;
            event.sessionPresent = result.sessionPresent();
            event.commit();
        }

        static void connectFailed(Object attempt, String client, ConnectFailure failure) {
            Connect event = (Connect) attempt;
            event.client = client;
            event.failure = failure.text();
            event.commit();
        }

        static void disconnected(String client, DisconnectCause cause, long connectedNanos) {
            Disconnect event = new Disconnect();
            event.client = client;
            event.endedBy = cause.endedBy().name();
            event.cause = cause.text();
            event.connected = connectedNanos;
            event.commit();
        }

        static boolean recordsHandlers() {
            return new SlowHandler().isEnabled();
        }

        static Object handling() {
            SlowHandler event = new SlowHandler();
            event.begin();
            return event;
        }

        static void handled(Object handling, String client, String topic, int bytes) {
            SlowHandler event = (SlowHandler) handling;
            event.end();
            if (event.shouldCommit()) {
                event.client = client;
                event.topic = topic;
                event.payload = bytes;
                event.commit();
            }
        }

        static void queueFull(String client, int messages, long bytes) {
            QueueFull event = new QueueFull();
            event.client = client;
            event.messages = messages;
            event.bytes = bytes;
            event.commit();
        }

        static void storeForced(String client, long nanos) {
            StoreForce event = new StoreForce();
            event.client = client;
            event.waited = nanos;
            event.commit();
        }
    }

    /** An attempt to connect, from its begin to CONNACK or its failure. */
    @Name("io.godwit.mqtt.Connect")
    @Label("MQTT Connect")
    @Description("An attempt to connect to a broker")
    @Category({"Godwit", "MQTT"})
    @StackTrace(false)
    private static final class Connect extends Event {
        @Label("Client Identifier")
        String client = "";

        @Label("Server")
        String server = "";

        @Label("Success")
        boolean success;

        @Label("Session Present")
        boolean sessionPresent;

        @Label("Failure")
        String failure = "";
    }

    /** A connection has ended. */
    @Name("io.godwit.mqtt.Disconnect")
    @Label("MQTT Disconnect")
    @Description("The end of a connection to a broker")
    @Category({"Godwit", "MQTT"})
    @StackTrace(false)
    private static final class Disconnect extends Event {
        @Label("Client Identifier")
        String client = "";

        @Label("Ended By")
        String endedBy = "";

        @Label("Cause")
        String cause = "";

        @Label("Connected For")
        @Timespan(Timespan.NANOSECONDS)
        long connected;
    }

    /** The handlers of one message have taken long. */
    @Name("io.godwit.mqtt.SlowHandler")
    @Label("MQTT Slow Handler")
    @Description("A message whose handlers have taken long")
    @Category({"Godwit", "MQTT"})
    @Threshold("20 ms")
    @StackTrace(false)
    private static final class SlowHandler extends Event {
        @Label("Client Identifier")
        String client = "";

        @Label("Topic")
        String topic = "";

        @Label("Payload")
        @DataAmount
        long payload;
    }

    /** The queue of publishes has become full. */
    @Name("io.godwit.mqtt.QueueFull")
    @Label("MQTT Queue Full")
    @Description("The queue of publishes has become full")
    @Category({"Godwit", "MQTT"})
    @StackTrace(false)
    private static final class QueueFull extends Event {
        @Label("Client Identifier")
        String client = "";

        @Label("Messages")
        int messages;

        @Label("Bytes")
        @DataAmount
        long bytes;
    }

    /** Bytes for the broker have waited for the session store. */
    @Name("io.godwit.mqtt.StoreForce")
    @Label("MQTT Store Force")
    @Description("Bytes for the broker have waited until the session store was safe")
    @Category({"Godwit", "MQTT"})
    @StackTrace(false)
    private static final class StoreForce extends Event {
        @Label("Client Identifier")
        String client = "";

        @Label("Waited")
        @Timespan(Timespan.NANOSECONDS)
        long waited;
    }
}
