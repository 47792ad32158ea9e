package io.godwit.web.source;

import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ClientState;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.SubscribeException;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.web.model.TopicTree;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker that is watched: connects, subscribes, and puts what arrives into the tree; connects again when the connection is lost.
 * If the broker does not speak a version of MQTT, the plan's next one is tried.
 */
public final class LiveBroker implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(LiveBroker.class);

    // Set once.
    private final BrokerPlan plan;
    private final TopicTree tree;
    private final LongSupplier clock;
    private final Runnable changed;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private int version;
    private MqttClient client;
    private SourceState state = SourceState.CONNECTING;
    private long since;
    private int attempt;
    private long next;
    private @Nullable Problem problem;
    private List<Problem.Refused> refused = List.of();

    /** Any thread; null: nothing is recorded. */
    private volatile @Nullable RecordingFile recording;

    /**
     * Starts to connect.
     *
     * @param clock milliseconds since 1970
     * @param changed called when {@link #info} has changed, on any thread
     */
    public LiveBroker(BrokerPlan plan, TopicTree tree, LongSupplier clock, Runnable changed) {
        this.plan = plan;
        this.tree = tree;
        this.clock = clock;
        this.changed = changed;
        this.since = clock.getAsLong();
        lock.lock(); // the listener may be called before the client is known here
        try {
            this.client = start(plan.versions().get(0));
        } finally {
            lock.unlock();
        }
    }

    private MqttClient start(ProtocolVersion spoken) {
        MqttClient made = plan.builder()
                .apply(spoken)
                .retryFirst(true)
                .listener(new Watcher())
                .build();
        List<TopicSubscription> subscriptions = plan.filters().stream()
                .map(filter -> TopicSubscription.of(filter, plan.qos()))
                .map(each -> spoken == ProtocolVersion.V5 ? each.withRetainAsPublished(true) : each)
                .toList();
        made.connectAsync();
        made.subscribeAsync(subscriptions, MqttProperties.NONE, this::received)
                .whenComplete((subscription, failure) -> subscribed(made, subscription, failure));
        return made;
    }

    private void received(Message message) {
        long now = clock.getAsLong();
        tree.add(message, now);
        RecordingFile file = recording;
        if (file != null) {
            try {
                file.write(message, now);
            } catch (IOException e) {
                LOG.warn("cannot write the recording {}", file.path(), e);
                recording = null;
            }
        }
    }

    private void subscribed(MqttClient of, @Nullable Subscription subscription, @Nullable Throwable failure) {
        List<Problem.Refused> refusals = new ArrayList<>();
        if (subscription != null) {
            List<TopicSubscription> asked = subscription.asked();
            for (int i = 0; i < asked.size(); i++) {
                refusal(asked.get(i).filter(), subscription.reasons().get(i), refusals);
            }
        } else {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (!(cause instanceof SubscribeException refusal)) {
                return; // the connection's own story
            }
            for (int i = 0; i < refusal.filters().size(); i++) {
                refusal(refusal.filters().get(i), refusal.reasons().get(i), refusals);
            }
        }
        lock.lock();
        try {
            if (of != client) {
                return;
            }
            refused = List.copyOf(refusals);
            problem = refused.isEmpty()
                    ? null
                    : new Problem(
                            "the broker refused " + (refused.size() == 1 ? "a filter" : refused.size() + " filters"),
                            null,
                            null,
                            clock.getAsLong(),
                            List.of("see whether the broker allows this user to subscribe to them"),
                            refused);
        } finally {
            lock.unlock();
        }
        changed.run();
    }

    private static void refusal(TopicFilter filter, ReasonCode reason, List<Problem.Refused> refusals) {
        if (reason.isError()) {
            refusals.add(new Problem.Refused(filter.text(), words(reason)));
        }
    }

    private static String words(ReasonCode reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    public BrokerPlan plan() {
        return plan;
    }

    @Override
    public TopicTree tree() {
        return tree;
    }

    /** The client that is connected or connects now. */
    public MqttClient client() {
        lock.lock();
        try {
            return client;
        } finally {
            lock.unlock();
        }
    }

    /** The version that is spoken. */
    public ProtocolVersion version() {
        lock.lock();
        try {
            return plan.versions().get(version);
        } finally {
            lock.unlock();
        }
    }

    /** A client of its own with the same options, connected: for scans, which would otherwise mix with what the tree receives. */
    public MqttClient another() {
        MqttClient made = plan.builder()
                .apply(version())
                .clientId("")
                .cleanSession(true)
                .will(null)
                .build();
        try {
            made.connect();
            return made;
        } catch (RuntimeException failure) {
            made.closeAsync();
            throw failure;
        }
    }

    /** Writes what arrives from now on; null: no longer. */
    public void record(@Nullable RecordingFile file) {
        recording = file;
    }

    public @Nullable RecordingFile recording() {
        return recording;
    }

    /** Tries to connect now. */
    public void reconnect() {
        client().connectAsync();
    }

    @Override
    public Info info() {
        lock.lock();
        try {
            ConnectResult result = client.connection();
            return new Info(
                    plan.name(),
                    plan.address(),
                    false,
                    plan.user(),
                    plan.filters(),
                    state,
                    new Connection(
                            plan.versions().get(version).toString(),
                            result == null ? client.clientId() : result.clientId(),
                            since,
                            attempt,
                            next),
                    problem,
                    null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            state = SourceState.CLOSED;
            client.closeAsync();
        } finally {
            lock.unlock();
        }
        tree.close();
    }

    private void change(
            MqttClient of,
            SourceState newState,
            int newAttempt,
            @Nullable Duration wait,
            @Nullable Problem newProblem) {
        lock.lock();
        try {
            if (of != client || state == SourceState.CLOSED) {
                return;
            }
            long now = clock.getAsLong();
            if (newState != state) {
                since = now;
            }
            state = newState;
            attempt = newAttempt;
            next = wait == null ? 0 : now + wait.toMillis();
            problem = newProblem;
        } finally {
            lock.unlock();
        }
        changed.run();
    }

    /** Returns whether another version is tried now. */
    private boolean isNextVersionTried(MqttClient of, ConnectFailure failure) {
        if (failure.reasonCode() != ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
            return false;
        }
        lock.lock();
        try {
            if (of != client
                    || state == SourceState.CLOSED
                    || version + 1 >= plan.versions().size()) {
                return false;
            }
            version++;
            client = start(plan.versions().get(version));
        } finally {
            lock.unlock();
        }
        of.closeAsync();
        changed.run();
        return true;
    }

    /** Follows the connection. Listener calls come one at a time. */
    private final class Watcher implements ClientListener {
        @Override
        public void connecting(MqttClient of, int number) {
            Problem last;
            lock.lock();
            try {
                last = problem;
            } finally {
                lock.unlock();
            }
            change(of, SourceState.CONNECTING, number, null, last);
        }

        @Override
        public void connected(MqttClient of, ConnectResult result) {
            List<Problem.Refused> known;
            lock.lock();
            try {
                known = refused;
            } finally {
                lock.unlock();
            }
            change(of, SourceState.CONNECTED, 0, null, known.isEmpty() ? null : info().problem());
        }

        @Override
        public void connectFailed(MqttClient of, ConnectFailure failure, @Nullable Duration wait) {
            if (isNextVersionTried(of, failure)) {
                return;
            }
            Problem why = new Problem(
                    plan.doctor().symptom(new IllegalStateException(failure.text())),
                    failure.phase().name(),
                    failure.reason().name(),
                    clock.getAsLong(),
                    plan.doctor().advice(failure),
                    List.of());
            change(of, wait == null ? SourceState.FAILED : SourceState.WAITING, 0, wait, why);
        }

        @Override
        public void disconnected(MqttClient of, DisconnectCause cause, @Nullable Duration wait) {
            Problem why = new Problem(
                    "the connection ended: " + cause.text(),
                    null,
                    cause.reasonCode() == null
                            ? cause.endedBy().name()
                            : cause.reasonCode().name(),
                    clock.getAsLong(),
                    List.of("see the broker's log for this moment"),
                    List.of());
            change(of, wait == null ? SourceState.FAILED : SourceState.WAITING, 0, wait, why);
        }
    }

    /** Whether it is connected now. */
    public boolean isConnected() {
        return client().state() == ClientState.CONNECTED;
    }
}
