package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The client that {@link MqttClient#builder} makes: hands each call to the part of the engine that does it. */
public final class RealMqttClient implements MqttClient {
    private final ClientConfig config;
    private final ClientCore core;
    private final ConnectionManager keeper;
    private final BlockingCalls patience;
    private final Publisher publisher;
    private final AtomicReference<@Nullable Requests> requests = new AtomicReference<>();

    public RealMqttClient(ClientConfig config) {
        this.config = config;
        this.core = new ClientCore(this, config, config.loop(), openLog(config));
        this.keeper = new ConnectionManager(this, config, core);
        this.patience = new BlockingCalls(core, keeper, config.callTimeout());
        this.publisher = new Publisher(core, keeper, patience);
    }

    private static SessionLog openLog(ClientConfig config) {
        SessionStore store = config.store();
        if (store == null) {
            return SessionLog.NONE;
        }
        try {
            return store.open(config.clientId());
        } catch (IOException failure) {
            throw new MqttStoreException("the session store cannot be opened: " + failure.getMessage(), failure);
        }
    }

    ClientCore core() {
        return core;
    }

    BlockingCalls patience() {
        return patience;
    }

    ConnectionManager keeper() {
        return keeper;
    }

    /** Few clients make requests: what follows them is made with the first one. */
    Requests requests() {
        return Objects.requireNonNull(requests.updateAndGet(made -> made != null ? made : new Requests()));
    }

    // ---- connection ----

    @Override
    public ConnectResult connect() {
        return patience.await(connect(new BlockingFuture<>()), () -> "CONNACK");
    }

    @Override
    public CompletableFuture<ConnectResult> connectAsync() {
        return connect(new CompletableFuture<>());
    }

    private CompletableFuture<ConnectResult> connect(CompletableFuture<ConnectResult> future) {
        if (keeper.state() == ClientState.IDLE) {
            core.expectConnection(); // at once, so that a publish right after connectAsync waits for the connection
        }
        core.loop.execute(() -> keeper.connect(future));
        return future;
    }

    @Override
    public ClientState state() {
        return keeper.state();
    }

    @Override
    public @Nullable ConnectResult connection() {
        return keeper.result();
    }

    @Override
    public String clientId() {
        return config.clientId();
    }

    @Override
    public ProtocolVersion protocol() {
        return config.version();
    }

    @Override
    public void disconnect() {
        patience.await(
                disconnect(new BlockingFuture<>(), ReasonCode.SUCCESS, MqttProperties.NONE, config.closeTimeout()),
                () -> "the connection to end",
                thrice(config.closeTimeout()));
    }

    @Override
    public CompletableFuture<Void> disconnectAsync() {
        return disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, config.closeTimeout());
    }

    @Override
    public CompletableFuture<Void> disconnectAsync(ReasonCode reason, MqttProperties properties, Duration patience) {
        return disconnect(new CompletableFuture<>(), reason, properties, patience);
    }

    private CompletableFuture<Void> disconnect(
            CompletableFuture<Void> future, ReasonCode reason, MqttProperties properties, Duration limit) {
        MqttProperties allowed = checked(properties);
        boolean v5 = config.version() == ProtocolVersion.V5;
        Disconnect packet = new Disconnect(v5 ? reason : ReasonCode.SUCCESS, allowed);
        core.loop.execute(() -> keeper.disconnect(future, packet, limit));
        return future;
    }

    @Override
    public void close() {
        CompletableFuture<Void> closed = close(new BlockingFuture<>());
        if (!core.loop.inLoop()) {
            patience.await(closed, () -> "the client to close", thrice(config.closeTimeout()));
        }
    }

    private static Duration thrice(Duration limit) {
        return limit.plus(limit).plus(limit); // multipliedBy goes by way of BigDecimal
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return close(new CompletableFuture<>());
    }

    private CompletableFuture<Void> close(CompletableFuture<Void> future) {
        core.loop.execute(() -> keeper.close(future));
        return future;
    }

    @Override
    public CompletableFuture<Void> reauthenticate() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        core.loop.execute(() -> keeper.reauthenticate(future));
        return future;
    }

    // ---- publish ----

    @Override
    public PublishResult publish(Message message) {
        return publisher.publish(message);
    }

    @Override
    public CompletableFuture<PublishResult> publishAsync(Message message) {
        return publisher.publishAsync(message);
    }

    @Override
    public CompletableFuture<Void> stored() {
        return core.stored();
    }

    // ---- subscribe ----

    @Override
    public Subscription subscribe(String filter, Qos qos, ManualHandler handler) {
        return patience.await(
                subscribe(manual(TopicSubscription.of(filter, qos), handler), MqttProperties.NONE, true),
                () -> "SUBACK for '" + filter + "'");
    }

    @Override
    public Subscription subscribe(TopicSubscription subscription, MessageHandler handler) {
        return patience.await(
                subscribe(automatic(List.of(subscription), handler), MqttProperties.NONE, true),
                () -> "SUBACK for '" + subscription.filter() + "'");
    }

    @Override
    public CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription, ManualHandler handler) {
        return subscribe(manual(subscription, handler), MqttProperties.NONE, false);
    }

    @Override
    public CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions, MqttProperties properties, MessageHandler handler) {
        return subscribe(automatic(subscriptions, handler), properties, false);
    }

    private static Map<TopicSubscription, Handler> manual(TopicSubscription subscription, ManualHandler handler) {
        return Map.of(
                subscription, new Handler(subscription.filter(), null, Objects.requireNonNull(handler, "handler")));
    }

    private static Map<TopicSubscription, Handler> automatic(
            List<TopicSubscription> subscriptions, MessageHandler handler) {
        Objects.requireNonNull(handler, "handler");
        Map<TopicSubscription, Handler> handlers = new LinkedHashMap<>();
        for (TopicSubscription subscription : subscriptions) {
            handlers.put(subscription, new Handler(subscription.filter(), handler, null));
        }
        return handlers;
    }

    private CompletableFuture<Subscription> subscribe(
            Map<TopicSubscription, Handler> asked, MqttProperties properties, boolean waited) {
        List<Handler> handlers = List.copyOf(asked.values());
        SubscribeExchange subscribe =
                new SubscribeExchange(this, List.copyOf(asked.keySet()), handlers, checked(properties), waited);
        core.request(subscribe, handlers);
        return subscribe;
    }

    @Override
    public void unsubscribe(String... filters) {
        patience.await(unsubscribe(parse(filters), true, true), () -> "UNSUBACK for " + Arrays.toString(filters));
    }

    @Override
    public CompletableFuture<Void> unsubscribeAsync(String... filters) {
        return unsubscribe(parse(filters), true, false);
    }

    private static List<TopicFilter> parse(String... filters) {
        return Arrays.stream(filters).map(TopicFilter::of).toList();
    }

    CompletableFuture<Void> unsubscribe(List<TopicFilter> filters, boolean withHandlers, boolean waited) {
        UnsubscribeExchange unsubscribe = new UnsubscribeExchange(this, filters, withHandlers, waited);
        core.request(unsubscribe, List.of());
        return unsubscribe;
    }

    @Override
    public void handle(String filter, MessageHandler handler) {
        core.addHandler(new Handler(TopicFilter.of(filter), Objects.requireNonNull(handler, "handler"), null));
    }

    // ---- request and response ----

    @Override
    public Message request(Message request) {
        CompletableFuture<Message> response = requestAsync(request);
        try {
            return patience.await(response, () -> "the response to '" + request.topic() + "'");
        } finally {
            response.cancel(false); // in vain: it is forgotten
        }
    }

    @Override
    public CompletableFuture<Message> requestAsync(Message request) {
        if (config.version() != ProtocolVersion.V5) {
            throw new IllegalStateException("requests need MQTT 5: older versions carry no response topic");
        }
        return requests().send(this, request);
    }

    /** Properties that the protocol version doesn't have fail the call, or are dropped if the application allows that. */
    private MqttProperties checked(MqttProperties properties) {
        return Publisher.checked(properties, config);
    }

    @Override
    public String toString() {
        return "MqttClient[" + config.clientId() + ", MQTT " + config.version() + ", " + keeper.state() + ", "
                + config.transportOptions() + "]";
    }
}
