package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.DisconnectCause;
import io.godwit.mqtt.client.DisconnectCause.EndedBy;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.transport.EventLoop;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener that logs: a line at INFO or WARN for each change of state, with the client identifier. Attempts and failures
 * that repeat are counted and written once a minute at most. Called where things happen, not in turn with the application's
 * listeners, so that the lines are in their order. No line contains a payload or a credential; what comes from
 * outside is written without control characters.
 */
final class ConnectionLog implements ClientListener {
    private static final Logger LOG = LoggerFactory.getLogger(MqttClient.class);

    /** So many restored subscriptions of a connection are written. */
    private static final int MOST_RESTORED = 10;

    private static final int LONGEST = 2_000;

    // Set once.
    private final String clientId;
    private final String servers;
    private final TransportOptions transport;
    private final String version;
    private final WhenFull whenFull;
    private final EventLoop loop;

    private final Repeats repeats = new Repeats();

    // Event loop only.
    private long attemptsSince;
    private int failedAttempts;
    private String lastFailure = "";
    private int restored;

    private ConnectionLog(ClientConfig config) {
        this.clientId = clean(config.clientId());
        this.version = config.version().toString();
        this.whenFull = config.session().queue().whenFull();
        this.loop = config.loop();
        this.transport = config.transportOptions();
        List<ServerAddress> all = transport.servers();
        this.servers = all.stream()
                .limit(3)
                .map(server -> withoutQuery(server.withoutCredentials().toString()))
                .collect(Collectors.joining(", ", "", all.size() > 3 ? " and " + (all.size() - 3) + " more" : ""));
    }

    /** Null: nothing would be written. */
    static @Nullable ConnectionLog of(ClientConfig config) {
        return LOG.isWarnEnabled() ? new ConnectionLog(config) : null;
    }

    // ---- connections ----

    @Override
    public void built(MqttClient client, int publishes, int subscriptions) {
        if (publishes > 0 || subscriptions > 0) {
            info("recovered " + publishes + " publishes and " + subscriptions
                    + " subscriptions from the session store");
        }
    }

    @Override
    public void connecting(MqttClient client, int attempt) {
        if (failedAttempts == 0) {
            attemptsSince = loop.nanoTime();
            info("connecting to " + servers);
            warnUnverified();
        }
    }

    /** Once for each row of attempts, before credentials are sent. */
    private void warnUnverified() {
        Tls tls = transport.tls();
        if (transport.servers().stream().noneMatch(server -> server.scheme().isTls())) {
            return;
        }
        if (tls.isInsecure()) {
            warn(
                    "TLS is INSECURE as configured: "
                            + (tls.pins().isEmpty() ? "every certificate is accepted" : "only the pins are checked")
                            + "; anybody on the network can read and alter everything",
                    null);
        } else if (!tls.hostNameChecked()) {
            warn("TLS does not check the host name, as configured", null);
        }
    }

    @Override
    public void connected(MqttClient client, ConnectResult result) {
        int failed = failedAttempts;
        failedAttempts = 0;
        lastFailure = "";
        restored = 0;
        tellLeftOut();
        info("connected to " + withoutQuery(result.server()) + " after " + since(attemptsSince)
                + (failed == 0 ? "" : " and " + count(failed, "failed attempt")) + " (MQTT " + version + ", "
                + (result.sessionPresent() ? "session present" : "new session") + ", keep alive "
                + time(result.keepAlive())
                + (result.clientId().equals(client.clientId()) ? "" : ", assigned identifier " + result.clientId())
                + ")");
    }

    @Override
    public void connectFailed(MqttClient client, ConnectFailure failure, @Nullable Duration next) {
        int failed = failedAttempts + 1;
        failedAttempts = failed;
        if (next == null) {
            failedAttempts = 0;
            warn("cannot connect, gave up after " + count(failed, "attempt") + ": " + failure.text(), null);
            return;
        }
        boolean changed = !failure.text().equals(lastFailure);
        lastFailure = failure.text();
        if (changed) {
            repeats.reset();
        }
        if (repeats.next("connect", loop.nanoTime()) == null) {
            return;
        }
        warn(
                (failed == 1 ? "cannot connect: " : "still cannot connect after " + failed + " attempts: ")
                        + failure.text() + "; next attempt in " + time(next)
                        + (changed ? "" : "; failed attempts in " + since(attemptsSince) + ": " + failed),
                null);
    }

    @Override
    public void disconnected(MqttClient client, DisconnectCause cause, @Nullable Duration next) {
        tellLeftOut();
        if (cause.endedBy() == EndedBy.APPLICATION) {
            info("disconnected");
            return;
        }
        warn(
                "connection lost, ended by the " + cause.endedBy().name().toLowerCase(Locale.ROOT) + ": " + cause.text()
                        + (next == null ? "; it is not made again" : "; next attempt in " + time(next)),
                null);
    }

    @Override
    public void messagesLeft(MqttClient client, int messages) {
        warn(messages + " messages were not handled within the close time limit, and are not acknowledged", null);
    }

    @Override
    public void closed(MqttClient client) {
        tellLeftOut();
        info("closed");
    }

    @Override
    public void resubscribed(MqttClient client, TopicSubscription subscription, ReasonCode reason) {
        if (reason.isError()) {
            warnRepeated(
                    "resubscribe",
                    "the broker has lost the subscription to '" + subscription.filter()
                            + "', and it could not be restored: " + reason.describe(),
                    null);
            return;
        }
        int number = restored + 1;
        restored = number;
        if (number <= MOST_RESTORED) {
            info("restored the subscription to '" + subscription.filter() + "', which the broker had lost"
                    + (number < MOST_RESTORED ? "" : "; more of them are not logged"));
        }
    }

    // ---- messages ----

    @Override
    public void publishFailed(MqttClient client, Message message, MqttException failure) {
        String kind = kind(failure);
        warnRepeated(
                "publish " + kind,
                "a publish to '" + message.topic() + "' failed (" + kind + "): " + failure.getMessage(),
                null);
    }

    private static String kind(MqttException failure) {
        if (failure instanceof PublishException publish) {
            return publish.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        return failure instanceof ClientClosedException
                ? "closed"
                : failure instanceof NotConnectedException ? "not connected" : "store";
    }

    @Override
    public void handlerFailed(MqttClient client, Message message, Throwable failure) {
        warnRepeated(
                "handler " + failure.getClass().getName(),
                "the handler of a message for '" + message.topic() + "' failed",
                failure);
    }

    @Override
    public void messageFailed(MqttClient client, Message message, Throwable failure, FailurePolicy.Outcome outcome) {
        warnRepeated(
                "failed message " + outcome,
                "a message for '" + message.topic() + "' was "
                        + switch (outcome) {
                            case ACKNOWLEDGED -> "acknowledged and is lost";
                            case REJECTED -> "rejected";
                            case DEAD_LETTERED -> "made a dead letter";
                            case LEFT_UNACKNOWLEDGED -> "left unacknowledged and comes again";
                        }
                        + ", since its handler failed",
                null);
    }

    @Override
    public void messageUnhandled(MqttClient client, Message message, boolean waits) {
        boolean gone = message.qos() == Qos.AT_MOST_ONCE;
        warnRepeated(
                "unhandled " + waits + gone,
                "no handler wants the message for '" + message.topic() + "': "
                        + (waits
                                ? "it waits for one, not acknowledged"
                                : gone ? "it is dropped" : "it is given up, so that later ones are not held up")
                        + "; unsubscribe, or declare a handler before connecting",
                null);
    }

    @Override
    public void unsubscribedUnhandled(MqttClient client, TopicFilter filter) {
        warnRepeated("unwanted", "unsubscribing from '" + filter + "', since its messages have no handler", null);
    }

    // ---- pressure ----

    @Override
    public void messageDropped(MqttClient client, Message message) {
        warnRepeated(
                "dropped message",
                "a message of QoS 0 for '" + message.topic()
                        + "' was dropped: too much waits for the handlers, and one of them"
                        + " blocks in a call of this client; use the Async form in handlers, or a higher concurrency",
                null);
    }

    @Override
    public void queueFull(MqttClient client, int messages, long bytes) {
        warn(
                "the queue of publishes is full: " + count(messages, "message") + ", " + bytes + " bytes; "
                        + switch (whenFull) {
                            case FAIL -> "new publishes fail";
                            case WAIT -> "blocking publishes wait, others fail";
                            case DROP_OLDEST -> "the oldest are dropped";
                            case DROP_NEWEST -> "new publishes are dropped";
                        },
                null);
    }

    @Override
    public void queueHasRoom(MqttClient client) {
        info("the queue of publishes has room again");
    }

    @Override
    public void readingPaused(MqttClient client, int messages, long bytes) {
        warnRepeated(
                "paused",
                "handlers are slower than the broker: " + count(messages, "message") + ", " + bytes
                        + " bytes wait; nothing is read until half of them are handled",
                null);
    }

    @Override
    public void storeFailed(MqttClient client, IOException failure) {
        warnRepeated("store", "the session store cannot write: " + failure.getMessage(), null);
    }

    @Override
    public void missed(MqttClient client, long calls) {
        warnRepeated("missed", "a listener is too slow: " + count(calls, "call") + " were left out", null);
    }

    /** What is not reported to listeners. Any thread. */
    void warn(String text, @Nullable Throwable failure) {
        if (LOG.isWarnEnabled()) {
            LOG.warn("client '{}': {}", clientId, clean(text), failure);
        }
    }

    /** What helps to find a fault and is otherwise of no interest. Any thread. */
    void debug(String text, @Nullable Throwable failure) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("client '{}': {}", clientId, clean(text), failure);
        }
    }

    // ---- lines ----

    private void warnRepeated(String kind, String text, @Nullable Throwable failure) {
        String suffix = repeats.next(kind, loop.nanoTime());
        if (suffix != null) {
            warn(text + suffix, failure);
        }
    }

    /** A new state: reports what was left out so far, and writes lines again. */
    private void tellLeftOut() {
        repeats.reset().forEach((kind, number) -> {
            if (!kind.equals("connect")) {
                warn(number + " more lines were left out: " + kind.toLowerCase(Locale.ROOT), null);
            }
        });
    }

    private void info(String text) {
        if (LOG.isInfoEnabled()) {
            LOG.info("client '{}': {}", clientId, clean(text));
        }
    }

    private String since(long began) {
        return time(Duration.ofNanos(loop.nanoTime() - began));
    }

    private static String time(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1_000
                ? millis + " ms"
                : millis % 1_000 == 0 ? millis / 1_000 + " s" : String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** A query may contain a signature that lets its owner connect. */
    private static String withoutQuery(String address) {
        int query = address.indexOf('?');
        return query < 0 ? address : address.substring(0, query);
    }

    /** Without control characters, so that nobody can forge lines. */
    private static String clean(String text) {
        String start = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        if (start.chars().noneMatch(Character::isISOControl)) {
            return start;
        }
        StringBuilder clean = new StringBuilder();
        start.chars()
                .forEach(c -> clean.append(Character.isISOControl(c) ? String.format("\\u%04x", c) : "" + (char) c));
        return clean.toString();
    }
}
