package io.godwit.web.page;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.web.json.Json;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.recording.RecordedMessage;
import io.godwit.web.source.LiveBroker;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Publishes what the page asks for, unless the server is read-only. Worker threads. */
final class PublishRequests {
    private static final long LIMIT_MILLIS = 30_000;
    private static final int LONGEST_TIMEOUT_MILLIS = 300_000;

    private final Workspace workspace;
    private final Places places;
    private final Values values;

    PublishRequests(Workspace workspace, Places places, Values values) {
        this.workspace = workspace;
        this.places = places;
        this.values = values;
    }

    Json.Members publish(Request request) throws RequestException, InterruptedException {
        check();
        LiveBroker broker = places.live(request);
        return publish(broker, message(request));
    }

    Json.Members republish(Request request) throws RequestException, InterruptedException {
        check();
        StoredMessage stored =
                places.value(places.source(request).tree(), request.number("node"), request.numberOr("value"));
        if (stored.isPayloadDropped()) {
            throw RequestException.gone("the payload of this message");
        }
        String to = request.textOr("to", null);
        LiveBroker broker = places.live(to == null ? request.text("broker") : to);
        Message message = stored.message()
                .withQos(Qos.of(
                        request.within("qos", 0, 2, stored.message().qos().level())))
                .withRetain(
                        request.has("retain")
                                ? request.flag("retain")
                                : stored.message().retain())
                .withProperties(ofPublisher(stored.message().properties()));
        String topic = request.textOr("topic", null);
        return publish(broker, topic == null ? message : message.withTopic(topic(topic)));
    }

    /** Without what belonged to the connection that it came over. */
    private static MqttProperties ofPublisher(MqttProperties received) {
        MqttProperties kept = received.with(Property.TOPIC_ALIAS, null);
        while (kept.has(Property.SUBSCRIPTION_IDENTIFIER)) {
            kept = kept.with(Property.SUBSCRIPTION_IDENTIFIER, null);
        }
        return kept;
    }

    Json.Members request(Request request) throws RequestException, InterruptedException {
        check();
        LiveBroker broker = places.live(request);
        if (broker.version() != ProtocolVersion.V5) {
            throw RequestException.invalid(
                    "request and response need MQTT 5; this connection speaks " + broker.version());
        }
        int timeout = request.within("timeout", 100, LONGEST_TIMEOUT_MILLIS, 10_000);
        Message message = message(request);
        long start = System.nanoTime();
        Message response =
                await(connected(broker).requestAsync(message), timeout, "no response came within " + timeout + " ms");
        long took = (System.nanoTime() - start) / 1_000_000;
        return json -> {
            json.writeFieldName("value");
            values.response(broker.tree(), response, workspace.sources().now(), json);
            json.writeNumberField("ms", took);
        };
    }

    private void check() throws RequestException {
        if (workspace.readOnly()) {
            throw new RequestException(
                    RequestException.Code.READ_ONLY, "this server was started with --read-only: it publishes nothing");
        }
    }

    private static MqttClient connected(LiveBroker broker) throws RequestException {
        if (!broker.isConnected()) {
            throw new RequestException(
                    RequestException.Code.NOT_CONNECTED, "there is no connection to this broker now");
        }
        return broker.client();
    }

    private static Json.Members publish(LiveBroker broker, Message message)
            throws RequestException, InterruptedException {
        long start = System.nanoTime();
        MqttClient client = connected(broker);
        CompletableFuture<PublishResult> sent;
        try {
            Message fitting =
                    broker.version() == ProtocolVersion.V5 ? message : message.withProperties(MqttProperties.NONE);
            sent = client.publishAsync(fitting);
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid(String.valueOf(e.getMessage()));
        }
        PublishResult result = await(sent, LIMIT_MILLIS, "the broker did not acknowledge within 30 s");
        long took = (System.nanoTime() - start) / 1_000_000;
        return json -> {
            json.writeStringField(
                    "reason", result.reason().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            String text = result.properties().get(Property.REASON_STRING);
            if (text != null) {
                json.writeStringField("text", text);
            }
            json.writeNumberField("ms", took);
        };
    }

    private static <T> T await(CompletableFuture<T> future, long millis, String late)
            throws RequestException, InterruptedException {
        try {
            return future.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw new RequestException(RequestException.Code.TIMEOUT, late);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new RequestException(
                    cause instanceof IllegalArgumentException
                            ? RequestException.Code.INVALID
                            : RequestException.Code.FAILED,
                    String.valueOf(cause.getMessage()));
        }
    }

    private Message message(Request request) throws RequestException {
        Request asked = request.object("message");
        if (asked == null) {
            throw RequestException.invalid("missing \"message\"");
        }
        Map<String, Object> line = new LinkedHashMap<>(asked.members());
        line.remove("upload");
        // The recording's reader knows the names and types of properties.
        Message message =
                Places.checked(() -> RecordedMessage.parse(Json.text(line)).message());
        topic(message.topic());
        byte[] uploaded = upload(asked.textOr("upload", null));
        return uploaded == null
                ? message
                : new Message(message.topic(), uploaded, message.qos(), message.retain(), message.properties());
    }

    private byte @Nullable [] upload(@Nullable String id) throws RequestException {
        if (id == null) {
            return null;
        }
        byte[] bytes = workspace.takeUpload(id);
        if (bytes == null) {
            throw RequestException.gone("the upload");
        }
        return bytes;
    }

    private static String topic(String topic) throws RequestException {
        return Places.checked(() -> TopicName.check(topic));
    }
}
