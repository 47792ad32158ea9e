package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.BatchHandler;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ClientStatistics;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MessageHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttInterruptedException;
import io.godwit.mqtt.client.MqttStoreException;
import io.godwit.mqtt.client.MqttTimeoutException;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.client.UnsubscribeResult;
import io.godwit.mqtt.client.session.Session;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.client.transport.netty.CallerBuffers;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** The client that {@link MqttClient#builder} makes: hands each call to the part of the engine that does it. */
public final class RealMqttClient implements MqttClient {
    /** How long the last close waits for the threads of connections to end. */
    private static final long END_NANOS = 1_000_000_000;

    private static final AtomicReferenceFieldUpdater<RealMqttClient, Requests> REQUESTS =
            AtomicReferenceFieldUpdater.newUpdater(RealMqttClient.class, Requests.class, "requests");

    // Set once.
    private final ClientConfig config;
    private final EventLoop loop;
    private final SessionLog log;
    private final GuardedSession session;
    private final ConnectionManager manager;
    private final JoinWaiters joins;
    private final FutureCompleter completer;
    private final Notifier notifier;
    private final ReadPause pause;
    private final QueuePressure pressure;
    private final HandlerThread handlerThread;
    private final MessageHandlers handlers;
    private final int recoveredSubscriptions;
    private final ClosedFuture closed = new ClosedFuture();

    // Any thread: each is made when it is needed first. Two threads may make one each; they have no state of their own.
    private @Nullable Publisher publisher;
    private @Nullable BatchPublisher batches;

    /** Made with the first request, since few clients make any. Any thread. */
    private volatile @Nullable Requests requests;

    public RealMqttClient(ClientConfig config) {
        this.config = config;
        this.loop = config.loop();
        this.log = openLog(config);
        Session unguarded = new Session(config.session(), log, CallerBuffers.INSTANCE);
        this.handlerThread = new HandlerThread();
        this.joins = new JoinWaiters(loop, handlerThread, config.callTimeout());
        this.notifier = new Notifier(this, config);
        StoredSession stored = log.recovered();
        this.recoveredSubscriptions = stored.subscriptions().size();
        PublishFuture.Support support = support();
        unguarded.restore(stored, message -> PublishFutures.of(support, message, false));
        unguarded.queuedAt(loop.nanoTime());
        if (notifier.hooks() != null) {
            unguarded.tellSent();
        }
        this.session = new GuardedSession(unguarded, loop, joins);
        this.pressure = new QueuePressure(session, notifier);
        this.pause = new ReadPause(session, handlerThread, config, notifier);
        handlerThread.onBlock(pause::check);
        this.completer =
                new FutureCompleter(notifier.executor(), notifier.context(), loop, session, config.onEventLoop());
        this.handlers = new MessageHandlers(session, this::handlerParts);
        this.manager =
                new ConnectionManager(config, session, log, pause, completer, notifier, handlers, pressure, closed);
        session.serve(completer, manager.flow().drain);
        for (RegisteredHandler given : config.handlers()) {
            RegisteredHandler handler = given.copy();
            handlers.binder().bind(handler);
            unguarded.addHandler(handler);
        }
        manager.restarts(loop.onRestart(manager::restarted));
    }

    private MessageHandlers.Parts handlerParts() {
        HandlerFailures failures = new HandlerFailures(session, notifier, config, this::isEnding, this::publishAsync);
        HandlerCalls calls = new HandlerCalls(session, config, handlerThread, notifier, failures, this::handlersDone);
        HandlerBinder binder = new HandlerBinder(calls, config);
        Subscriber subscriber = new Subscriber(session, blocking(), config, binder, notifier);
        MessageDispatcher dispatcher = new MessageDispatcher(
                session, config, completer, handlerThread, notifier, calls, this::handlersDone, pause::check);
        return new MessageHandlers.Parts(calls, binder, subscriber, dispatcher);
    }

    private Subscriber subscriber() {
        return handlers.subscriber();
    }

    private Publisher publisher() {
        Publisher made = publisher;
        if (made == null) {
            made = new Publisher(session, support(), blocking(), config, pressure, manager::scheduleTick);
            publisher = made;
        }
        return made;
    }

    private BatchPublisher batches() {
        BatchPublisher made = batches;
        if (made == null) {
            made = new BatchPublisher(
                    session, support(), publisher(), blocking(), config, pressure, manager::scheduleTick);
            batches = made;
        }
        return made;
    }

    private PublishFuture.Support support() {
        return new PublishFuture.Support(joins, notifier, this::session, this::pressure);
    }

    private BlockingCalls blocking() {
        return new BlockingCalls(session, joins, handlerThread, this::state, config.callTimeout());
    }

    private static SessionLog openLog(ClientConfig config) {
        SessionStore store = config.store();
        if (store == null) {
            return SessionLog.NONE;
        }
        try {
            return store.open(config.clientId());
        } catch (IOException failure) {
            throw new MqttStoreException("cannot open the session store: " + failure.getMessage(), failure);
        }
    }

    private QueuePressure pressure() {
        return pressure;
    }

    /** Tells the listeners of the client; to be called once. */
    public void tellBuilt() {
        int publishes = session.call(locked -> (int) locked.counters().recoveredPublishes());
        int subscriptions = recoveredSubscriptions;
        notifier.tell((listener, client) -> listener.built(client, publishes, subscriptions));
    }

    private void handlersDone() {
        pause.check();
        manager.handlersDone();
    }

    private boolean isEnding() {
        ClientState now = manager.state();
        return now == ClientState.DISCONNECTING || now == ClientState.CLOSED;
    }

    /** For tests. */
    GuardedSession session() {
        return session;
    }

    /** For tests. */
    ReadPause pause() {
        return pause;
    }

    /** The requests of this client. */
    Requests requests() {
        Requests mine = new Requests(
                this,
                (topic, handler) -> subscriber()
                        .subscribe(
                                List.of(TopicSubscription.of(topic, Qos.AT_LEAST_ONCE)),
                                List.of(RegisteredHandler.prompt(TopicFilter.of(topic), handler)),
                                MqttProperties.NONE,
                                false));
        REQUESTS.compareAndSet(this, null, mine);
        Requests present = requests;
        return present == null ? mine : present;
    }

    // ---- connection ----

    @Override
    public ConnectResult connect() {
        return blocking().await(connect(new BlockingFuture<>()), () -> "CONNACK");
    }

    @Override
    public CompletableFuture<ConnectResult> connectAsync() {
        return connect(new CompletableFuture<>());
    }

    private CompletableFuture<ConnectResult> connect(CompletableFuture<ConnectResult> future) {
        if (manager.state() == ClientState.IDLE) {
            session.expectConnection(); // at once, so that a publish right after connectAsync waits for the connection
        }
        loop.execute(() -> manager.connect(future));
        return future;
    }

    @Override
    public ClientState state() {
        return manager.state();
    }

    @Override
    public @Nullable ConnectResult connection() {
        return manager.result();
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
    public ClientStatistics statistics() {
        return StatisticsView.of(session, manager, config);
    }

    @Override
    public void disconnect() {
        blocking()
                .await(
                        disconnect(
                                new BlockingFuture<>(), ReasonCode.SUCCESS, MqttProperties.NONE, config.closeTimeout()),
                        () -> "the connection to end",
                        thrice(config.closeTimeout()));
    }

    @Override
    public CompletableFuture<Void> disconnectAsync() {
        return disconnectAsync(ReasonCode.SUCCESS, MqttProperties.NONE, config.closeTimeout());
    }

    @Override
    public CompletableFuture<Void> disconnectAsync(ReasonCode reason, MqttProperties properties, Duration limit) {
        return disconnect(new CompletableFuture<>(), reason, properties, limit);
    }

    private CompletableFuture<Void> disconnect(
            CompletableFuture<Void> future, ReasonCode reason, MqttProperties properties, Duration limit) {
        MqttProperties allowed = Publisher.checked(properties, config);
        boolean v5 = config.version() == ProtocolVersion.V5;
        Disconnect packet = new Disconnect(v5 ? reason : ReasonCode.SUCCESS, allowed);
        ConnectPackets.check(packet, config.version());
        boolean inHandler = handlerThread.isCurrent() && future instanceof BlockingFuture;
        loop.execute(() -> manager.disconnect(future, packet, limit, !inHandler));
        return future;
    }

    @Override
    public void close() {
        CompletableFuture<Void> closed = close(new BlockingFuture<>());
        if (!loop.inLoop()) {
            blocking().awaitUninterrupted(closed, () -> "the client to close", thrice(config.closeTimeout()));
            config.transport().awaitEnd(END_NANOS);
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
        boolean inHandler = handlerThread.isCurrent() && future instanceof BlockingFuture;
        loop.execute(() -> manager.close(future, !inHandler));
        return future;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    @Override
    public CompletableFuture<Void> reauthenticate() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        loop.execute(() -> manager.reauthenticate(future));
        return future;
    }

    // ---- publish ----

    @Override
    public PublishResult publish(Message message) {
        return publisher().publish(message);
    }

    @Override
    public CompletableFuture<PublishResult> publishAsync(Message message) {
        return publisher().publishAsync(message);
    }

    @Override
    public PublishBatchResult publishAll(List<Message> messages) {
        return batches().publish(messages);
    }

    @Override
    public CompletableFuture<PublishBatchResult> publishAllAsync(List<Message> messages) {
        return batches().publishAsync(messages);
    }

    @Override
    @SuppressWarnings("NullAway") // a future of Void completes with null
    public CompletableFuture<Void> stored() {
        long position = session.call(locked -> log.position());
        CompletableFuture<Void> safe = new CompletableFuture<>();
        if (log.forced() >= position) {
            safe.complete(null);
        } else {
            log.force(
                    position,
                    () -> notifier.complete(safe, null),
                    failure -> notifier.fail(
                            safe,
                            new MqttStoreException(
                                    "the session store cannot write: " + failure.getMessage(), failure)));
        }
        return safe;
    }

    // ---- subscribe ----

    @Override
    public Subscription subscribe(String filter, Qos qos, ManualHandler handler) {
        return awaitSubscription(subscribe(TopicSubscription.of(filter, qos), handler, true), filter);
    }

    private Subscription awaitSubscription(CompletableFuture<Subscription> subscribe, String filter) {
        try {
            return blocking().await(subscribe, () -> "SUBACK for '" + filter + "'");
        } catch (MqttTimeoutException | MqttInterruptedException late) {
            if (subscribe instanceof SubscribeFuture exchange) {
                subscriber().abandon(exchange);
            }
            throw late;
        }
    }

    @Override
    public Subscription subscribe(TopicSubscription subscription, HandlerOptions options, MessageHandler handler) {
        return awaitSubscription(
                subscribe(List.of(subscription), MqttProperties.NONE, options, handler, true),
                subscription.filter().text());
    }

    @Override
    public Subscription subscribeBatches(
            TopicSubscription subscription, HandlerOptions options, int most, Duration linger, BatchHandler handler) {
        return awaitSubscription(
                subscribeBatches(subscription, options, most, linger, handler, true),
                subscription.filter().text());
    }

    @Override
    public CompletableFuture<Subscription> subscribeBatchesAsync(
            TopicSubscription subscription, HandlerOptions options, int most, Duration linger, BatchHandler handler) {
        return subscribeBatches(subscription, options, most, linger, handler, false);
    }

    private CompletableFuture<Subscription> subscribeBatches(
            TopicSubscription subscription,
            HandlerOptions options,
            int most,
            Duration linger,
            BatchHandler handler,
            boolean waited) {
        return subscriber()
                .subscribe(
                        List.of(subscription),
                        List.of(RegisteredHandler.batches(subscription.filter(), options, most, linger, handler)),
                        MqttProperties.NONE,
                        waited);
    }

    @Override
    public CompletableFuture<Subscription> subscribeAsync(TopicSubscription subscription, ManualHandler handler) {
        return subscribe(subscription, handler, false);
    }

    @Override
    public CompletableFuture<Subscription> subscribeAsync(
            List<TopicSubscription> subscriptions,
            MqttProperties properties,
            HandlerOptions options,
            MessageHandler handler) {
        return subscribe(subscriptions, properties, options, handler, false);
    }

    private CompletableFuture<Subscription> subscribe(
            TopicSubscription subscription, ManualHandler handler, boolean waited) {
        return subscriber()
                .subscribe(
                        List.of(subscription),
                        List.of(RegisteredHandler.manual(subscription.filter(), HandlerOptions.defaults(), handler)),
                        MqttProperties.NONE,
                        waited);
    }

    private CompletableFuture<Subscription> subscribe(
            List<TopicSubscription> subscriptions,
            MqttProperties properties,
            HandlerOptions options,
            MessageHandler handler,
            boolean waited) {
        List<TopicSubscription> asked = List.copyOf(new LinkedHashSet<>(subscriptions));
        List<RegisteredHandler> handlers = new ArrayList<>(asked.size());
        for (TopicSubscription subscription : asked) {
            handlers.add(RegisteredHandler.automatic(subscription.filter(), options, handler));
        }
        return subscriber().subscribe(asked, handlers, properties, waited);
    }

    @Override
    public void unsubscribe(String... filters) {
        blocking()
                .await(
                        subscriber().unsubscribe(parse(List.of(filters)), MqttProperties.NONE, true, done -> done),
                        () -> "UNSUBACK for " + Arrays.toString(filters));
    }

    @Override
    @SuppressWarnings("NullAway") // a future of Void completes with null
    public CompletableFuture<Void> unsubscribeAsync(String... filters) {
        return subscriber().unsubscribe(parse(List.of(filters)), MqttProperties.NONE, false, done -> null);
    }

    @Override
    public CompletableFuture<UnsubscribeResult> unsubscribeAsync(List<String> filters, MqttProperties properties) {
        return subscriber().unsubscribe(parse(filters), properties, false, done -> done);
    }

    private static List<TopicFilter> parse(List<String> filters) {
        return filters.stream().map(TopicFilter::of).toList();
    }

    @Override
    public void handle(String filter, MessageHandler handler) {
        subscriber()
                .addHandler(RegisteredHandler.automatic(TopicFilter.of(filter), HandlerOptions.defaults(), handler));
    }

    // ---- request and response ----

    @Override
    public Message request(Message request) {
        CompletableFuture<Message> response = requestAsync(request);
        try {
            return blocking().await(response, () -> "the response to '" + request.topic() + "'");
        } finally {
            response.cancel(false); // it is forgotten
        }
    }

    @Override
    public CompletableFuture<Message> requestAsync(Message request) {
        if (config.version() != ProtocolVersion.V5) {
            throw new IllegalStateException("requests need MQTT 5: older versions carry no response topic");
        }
        return requests().send(request);
    }

    @Override
    public String toString() {
        return "MqttClient[" + config.clientId() + ", MQTT " + config.version() + ", " + manager.state() + ", "
                + config.transportOptions() + "]";
    }
}
