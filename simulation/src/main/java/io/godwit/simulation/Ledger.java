package io.godwit.simulation;

import io.godwit.mqtt.client.ClientClosedException;
import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.NotConnectedException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What was sent and what arrived, both ways, and whether that keeps the promises. Some are checked at the moment (a future
 * must not succeed before the broker has the message, nothing of QoS 2 twice, the order of a topic), the others at the
 * end (nothing lost, each future ended). The first broken promise ends the run.
 */
final class Ledger {
    /** In the payload of a publish over which the broker ends the connection. */
    static final String POISON = "poison";

    /** The topic for which the client has no handler. */
    static final String ORPHAN = "orphan";

    /** What stands before the topic of a message whose handler has failed. */
    static final String DEAD = "dead/";

    private static final long SECOND = 1_000_000_000L;

    /** How long a message may take through outbox, disk and a slow network before the broker's end sees it. */
    private static final long UNDER_WAY = 3 * SECOND;

    private final List<Sent> sent = new ArrayList<>();
    private final List<Incoming> incoming = new ArrayList<>();
    /** The last new arrival of each topic. */
    private final Map<String, Integer> lastArrival = new HashMap<>();

    private final Map<String, Integer> lastDelivery = new HashMap<>();
    /** Publishes whose last acknowledgement the client's end of the wire has got, in that order. */
    private final List<Sent> answered = new ArrayList<>();

    /** Publishes that have failed in this process; the store may not know yet. */
    private final List<Sent> failed = new ArrayList<>();

    private final SessionLoss sessionLoss;

    private int process;
    /** Whether the broker has lost a session that the client still believes in. */
    private boolean forgotten;

    /** Whether the client knows that the broker has lost its subscriptions, and they are not granted again. */
    private boolean restoring;

    /** Filters that the broker has granted since it began the present session. */
    private final Set<String> granted = new HashSet<>();

    private boolean limitsLowered;
    private boolean qosLowered;
    /** A process died right after it had learnt of a new session: its store may not know. */
    private boolean clearingInDoubt;

    private @Nullable String broken;

    Ledger(SessionLoss sessionLoss) {
        this.sessionLoss = sessionLoss;
    }

    /** A publish of the client. */
    static final class Sent {
        final int number;
        final Qos qos;
        final String topic;
        final int process;
        final CompletableFuture<?> future;
        final int bytes;
        /** When it expires; {@link Long#MAX_VALUE}: never. */
        final long expiresAt;

        final boolean poison;
        /** Those whose results come together. */
        List<Sent> batch = List.of(this);

        /** The smallest of them. */
        Sent smallest = this;

        /** The client has not accepted it, which the result of its batch will say. */
        boolean refused;

        boolean durable;
        boolean acceptedEnded;
        boolean ended;

        @Nullable
        Throwable failure;

        /** It has failed, and the store knows that. */
        boolean failedForGood;

        int arrivals;
        /** How often more than once it may arrive. */
        int allowance;

        boolean mayBeLost;
        /** The broker has lost its state: what it had may be queued again, and expire there. */
        boolean mayBeSentAgain;

        Sent(int number, Message message, int process, CompletableFuture<?> future, long now) {
            this.number = number;
            this.bytes = message.payload().length + message.topic().length();
            Long seconds = message.properties().get(Property.MESSAGE_EXPIRY_INTERVAL);
            this.expiresAt = seconds == null ? Long.MAX_VALUE : now + seconds * SECOND;
            this.qos = message.qos();
            this.topic = message.topic();
            this.process = process;
            this.future = future;
            this.poison = isPoison(message);
            this.mayBeLost = poison;
        }
    }

    /** A message of the broker for the client. */
    static final class Incoming {
        final Qos qos;
        final String topic;
        int deliveries;
        int allowance;
        boolean expected;
        /** The broker has it for the client, which has no handler for it. */
        boolean orphan;

        /** PUBACK or PUBREC has left the client. */
        boolean acknowledged;

        /** The handler is done with it. */
        boolean handled;

        /** Its handler has thrown. */
        boolean failed;

        /** The process in which it has thrown last. */
        int failedIn = -1;

        /** A handler has refused it, or has thrown: PUBACK or PUBREC may say so. */
        boolean refused;

        /** A handler was content, or its dead letter was published: PUBACK or PUBREC may say that. */
        boolean taken;

        /** How many dead letters of it have arrived. */
        int deadLetters;

        /** What the client has told about its failure last. */
        FailurePolicy.@Nullable Outcome outcome;

        /** How often it has thrown, to be called again. */
        int failures;

        /** How many publishes were answered before it came first; -1: it has not come. */
        int answersBefore = -1;

        Incoming(Message message) {
            this.qos = message.qos();
            this.topic = message.topic();
        }
    }

    /** The broker announces lower limits, perhaps a lower maximum QoS: publishes may fail, messages come at a lower QoS. */
    void limitsLowered(boolean qosToo) {
        limitsLowered = true;
        if (qosToo && !qosLowered) {
            qosLowered = true;
            incoming.forEach(one -> one.expected = false);
        }
    }

    boolean areLimitsLowered() {
        return limitsLowered;
    }

    boolean isClearingInDoubt() {
        return clearingInDoubt;
    }

    boolean isQosLowered() {
        return qosLowered;
    }

    void broken(String promise) {
        if (broken == null) {
            broken = promise;
        }
    }

    @Nullable
    String broken() {
        return broken;
    }

    int outstanding() {
        int count = 0;
        for (Sent one : sent) {
            count += isOutstanding(one) ? 1 : 0;
        }
        return count;
    }

    int outstandingBytes() {
        int bytes = 0;
        for (Sent one : sent) {
            bytes += isOutstanding(one) ? one.bytes : 0;
        }
        return bytes;
    }

    /** Whether the client still has it. Of a batch, whose result comes with the last, only the smallest counts. */
    private boolean isOutstanding(Sent one) {
        return one.process == process && !one.ended && one == one.smallest;
    }

    /** Whether one of the publishes from this number on is known to be on the disk. */
    boolean isAnySafeFrom(int number) {
        for (int i = number; i < sent.size(); i++) {
            if (sent.get(i).durable) {
                return true;
            }
        }
        return false;
    }

    int sentCount() {
        return sent.size();
    }

    int incomingCount() {
        return incoming.size();
    }

    // ---- from the client to the broker ----

    /**
     * The same for a batch, with what becomes of each of its messages.
     *
     * @param taken how many of them were accepted: the first ones, unless the broker's limits were lowered
     */
    void publishedTogether(
            List<Message> messages,
            List<? extends CompletableFuture<?>> futures,
            int taken,
            CompletableFuture<Void> accepted,
            long now) {
        List<Sent> batch = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            Sent one = new Sent(sent.size() + i, messages.get(i), process, futures.get(i), now);
            one.refused = i >= taken;
            batch.add(one);
        }
        Sent smallest = Collections.min(batch, Comparator.comparingInt(one -> one.bytes));
        for (Sent one : batch) {
            one.batch = batch;
            one.smallest = smallest;
        }
        batch.forEach(one -> published(one, accepted));
    }

    void published(Message message, CompletableFuture<?> future, CompletableFuture<Void> accepted, long now) {
        published(new Sent(sent.size(), message, process, future, now), accepted);
    }

    private void published(Sent one, CompletableFuture<Void> accepted) {
        sent.add(one);
        if (forgotten) {
            sessionMayBeLost(one);
        }
        accepted.whenComplete((safe, failure) -> {
            if (one.process == process) {
                one.acceptedEnded = true;
                one.durable = failure == null && !one.refused;
            }
        });
        one.future.whenComplete((result, failure) -> {
            if (one.process == process) {
                one.ended = true;
                one.failure = failure;
                checkEnd(one);
                if (failure != null && !(failure instanceof ClientClosedException)) {
                    failed.add(one);
                }
            } else if (one.batch.size() > 1 && !(failure instanceof ClientClosedException)) {
                one.failure =
                        failure; // the end of its client has ended the batch, whose result says what failed before
            }
        });
    }

    /** The client has reported that a publish failed, perhaps one that it has from its store, whose future nobody holds. */
    void publishFailed(Message message, MqttException failure) {
        Sent one = sent.get(number(message, 'o'));
        if (one.process != process && !(failure instanceof ClientClosedException)) {
            one.failure = failure;
        }
    }

    /** The client has reported that a publish succeeded, perhaps one that it has from its store. */
    void publishAcknowledged(Message message) {
        Sent one = sent.get(number(message, 'o'));
        if (one.failedForGood) {
            broken("publish " + one.number + " (" + one.qos + ") succeeded after it had failed: " + one.failure);
        }
    }

    /** A packet has left the client, so all that it had noted before is safe: what has failed stays failed, whatever dies. */
    void noted() {
        for (Sent one : failed) {
            one.failedForGood = true;
        }
        failed.clear();
    }

    private void checkEnd(Sent one) {
        Throwable failure = one.failure;
        if (failure == null) {
            if (one.qos != Qos.AT_MOST_ONCE && one.arrivals == 0) {
                broken("publish " + one.number + " (" + one.qos + ") succeeded, and the broker does not have it");
            }
        } else if (!(failure instanceof MqttException)) {
            broken("publish " + one.number + " failed with an untyped cause: " + failure);
        } else if (one.arrivals > 0
                && (failure instanceof NotConnectedException
                        || failure instanceof PublishException refused
                                && (refused.kind() == PublishException.Cause.QUEUE_FULL
                                        || refused.kind() == PublishException.Cause.DROPPED
                                        || refused.kind() == PublishException.Cause.EXPIRED && !one.mayBeSentAgain))) {
            broken("publish " + one.number + " failed as never taken (" + failure + "), and the broker has it");
        }
    }

    /** The client sends a message. {@code repeated}: it has its identifier already, and is sent although it has expired. */
    void sends(Message message, boolean repeated, long now) {
        if (isDeadLetter(message)) {
            return;
        }
        Sent one = sent.get(number(message, 'o'));
        if (one.expiresAt == Long.MAX_VALUE) {
            return;
        }
        if (!repeated && now > one.expiresAt + UNDER_WAY) {
            broken("publish " + one.number + " expired " + (now - one.expiresAt) / SECOND + " s before it was sent");
        }
        long said = message.properties().getOr(Property.MESSAGE_EXPIRY_INTERVAL, Long.MAX_VALUE);
        long left = Math.max(0, one.expiresAt - now);
        if (said > (left + UNDER_WAY + SECOND) / SECOND) {
            broken("publish " + one.number + " says that it expires in " + said + " s; left are " + left / SECOND);
        }
    }

    /** The broker has taken a message of the client. */
    void arrived(Message message) {
        if (isDeadLetter(message)) {
            incoming(message).deadLetters++;
            return;
        }
        Sent one = sent.get(number(message, 'o'));
        one.arrivals++;
        if (!one.topic.equals(message.topic())) {
            broken("publish " + one.number + " for " + one.topic + " arrived for " + message.topic());
        }
        if (one.qos != Qos.AT_LEAST_ONCE && one.arrivals > 1 + one.allowance) {
            broken("publish " + one.number + " (" + one.qos + ") arrived " + one.arrivals + " times");
        }
        if (one.arrivals == 1) {
            int last = lastArrival.getOrDefault(one.topic, -1);
            if (last > one.number) {
                broken("publish " + one.number + " to " + one.topic + " arrived after " + last);
            }
            lastArrival.put(one.topic, Math.max(last, one.number));
        }
    }

    // ---- from the broker to the client ----

    /** A message for the client; {@link #expect} says whether it has a session to go to. */
    Incoming offered(Message message) {
        Incoming one = new Incoming(message);
        incoming.add(one);
        return one;
    }

    Incoming incoming(Message message) {
        return incoming.get(number(message, 'i'));
    }

    // ---- event order ----

    /** The client's end of the wire has got the last acknowledgement of a publish. */
    void answered(String name) {
        for (Sent one : sent) {
            if (name.equals("o" + one.number)) {
                answered.add(one);
            }
        }
    }

    /** The client's end of the wire has got a message. */
    void got(Message message) {
        Incoming one = incoming(message);
        if (one.answersBefore < 0) {
            one.answersBefore = answered.size();
        }
    }

    private void checkOrder(Incoming one, int number) {
        for (int i = 0; i < one.answersBefore; i++) {
            Sent before = answered.get(i);
            if (before.process == process
                    && !before.future.isDone()
                    && answered.subList(0, one.answersBefore).containsAll(before.batch)) {
                broken("message " + number + " was handled before the result of publish " + before.number
                        + ", whose acknowledgement came first");
            }
        }
    }

    void delivered(Message message) {
        Incoming one = incoming(message);
        checkOrder(one, number(message, 'i'));
        one.deliveries++;
        int number = number(message, 'i');
        if (one.qos != Qos.AT_LEAST_ONCE && one.deliveries > 1 + one.allowance && !qosLowered) {
            broken("message " + number + " (" + one.qos + ") was handled " + one.deliveries + " times");
        }
        if (one.deliveries == 1) {
            int last = lastDelivery.getOrDefault(one.topic, -1);
            if (last > number) {
                broken("message " + number + " on " + one.topic + " was handled after " + last);
            }
            lastDelivery.put(one.topic, Math.max(last, number));
        }
    }

    /** The client tells what became of a message whose handler has failed. */
    void failed(Message message, FailurePolicy.Outcome outcome, boolean reasons) {
        Incoming one = incoming(message);
        one.outcome = outcome;
        if (outcome == FailurePolicy.Outcome.LEFT_UNACKNOWLEDGED) {
            one.allowance++; // it comes again
        }
        if (outcome == FailurePolicy.Outcome.DEAD_LETTERED && one.deadLetters == 0) {
            broken("message " + number(message, 'i') + " is said to be a dead letter, and the broker has none");
        }
        if (outcome == FailurePolicy.Outcome.ACKNOWLEDGED && reasons && one.qos != Qos.AT_MOST_ONCE && !qosLowered) {
            broken("message " + number(message, 'i') + " was acknowledged although its handler has failed");
        }
    }

    // ---- what breaks ----

    /** The process of the client is gone. */
    void crashed() {
        process++;
        failed.clear();
        clearingInDoubt |= restoring;
        for (Incoming one : incoming) {
            if (one.deliveries > 0 && (!one.acknowledged || one.failed)) {
                one.allowance++; // the store has no note that a message was refused
            }
        }
    }

    /** The broker has lost its state. */
    void brokerForgot() {
        forgotten = true;
        sent.forEach(this::sessionMayBeLost);
        for (Incoming one : incoming) {
            one.expected = false;
            one.orphan = false;
        }
    }

    /**
     * Whether the broker has lost the session and the client does not know. If the CONNACK that would have reported it is
     * lost, it never will: the next one reports the session as present. A new message that then comes with an identifier
     * which was in use before looks like a repetition, and must be treated as one [MQTT-4.3.3-10]: a limit of the protocol.
     */
    boolean isSessionInDoubt() {
        return forgotten;
    }

    /** The client has learnt that its session is a new one. */
    void sessionBegan() {
        forgotten = false;
        restoring = true;
        granted.clear();
    }

    /** SUBACK has come; the first of a session answers the subscriptions of the one before. */
    void granted(List<String> filters) {
        restoring = false;
        granted.addAll(filters);
    }

    /** Whether the broker has granted this filter since it began the present session. */
    boolean isGranted(String filter) {
        return granted.contains(filter);
    }

    private void sessionMayBeLost(Sent one) {
        // Also with the other policies: when the CONNACK of the new session is lost, or the client dies as it
        // arrives, the client cannot know of the loss, and sends again what the broker has had and forgotten.
        if (one.qos == Qos.EXACTLY_ONCE) {
            one.allowance++;
        }
        one.mayBeSentAgain = true;
        one.mayBeLost |=
                sessionLoss == SessionLoss.FAIL || one.qos == Qos.EXACTLY_ONCE && sessionLoss == SessionLoss.RESEND;
    }

    // ---- the end ----

    /** How many messages of the broker the client has acknowledged. */
    int acknowledgedCount() {
        int count = 0;
        for (Incoming one : incoming) {
            count += one.acknowledged ? 1 : 0;
        }
        return count;
    }

    /** How many messages without a handler the client has still to give up. */
    int orphansLeft() {
        int count = 0;
        for (Incoming one : incoming) {
            count += one.orphan && one.qos != Qos.AT_MOST_ONCE && !one.acknowledged ? 1 : 0;
        }
        return count;
    }

    /** What is still missing of what the client sends, and of its session; null if nothing is. */
    @Nullable
    String whySentUnsettled(long now) {
        if (restoring) {
            return "the subscriptions that the broker has lost are not granted again";
        }
        for (Sent one : sent) {
            if (one.process == process && !one.ended) {
                return "the future of publish " + one.number + " (" + one.qos + ") has not ended";
            }
            if (one.process == process && !one.acceptedEnded) {
                return "the accepted stage of publish " + one.number + " has not ended";
            }
            boolean failedBefore = one.failure != null;
            boolean mayHaveFailed = limitsLowered && one.process != process;
            if (one.durable
                    && !failedBefore
                    && !mayHaveFailed
                    && one.qos != Qos.AT_MOST_ONCE
                    && !one.mayBeLost
                    && one.arrivals == 0
                    && now < one.expiresAt) {
                return "publish " + one.number + " (" + one.qos + ") was durably accepted and is lost";
            }
        }
        return null;
    }

    /** The same of what the broker sends. */
    @Nullable
    String whyIncomingUnsettled() {
        for (int number = 0; number < incoming.size(); number++) {
            Incoming one = incoming.get(number);
            if (one.expected && one.qos != Qos.AT_MOST_ONCE && one.deliveries == 0) {
                return "message " + number + " (" + one.qos + ") was never handled";
            }
            if (one.failedIn == process && one.outcome == null) {
                return "nothing was told about message " + number + ", whose handler has failed";
            }
        }
        return null;
    }

    /** Whether the client has given up a publish that the broker does not take any more: of QoS 1 its identifier is free. */
    boolean isGivenUp(String name) {
        if (name.charAt(0) == 'i') { // a dead letter, which has properties that may be too long for the new limit
            return limitsLowered && incoming.get(Integer.parseInt(name, 1, name.length(), 10)).qos != Qos.EXACTLY_ONCE;
        }
        Sent one = sentNamed(name);
        // Before MQTT 5 a broker that closes for a publish cannot be told from one that closes for another client.
        boolean disconnects = one.failure instanceof PublishException ended
                && ended.kind() == PublishException.Cause.BROKER_DISCONNECTS;
        boolean refused = (one.poison || limitsLowered) && (one.failure != null || one.process != process);
        return one.qos != Qos.EXACTLY_ONCE && (disconnects || refused);
    }

    private Sent sentNamed(String name) {
        return sent.get(Integer.parseInt(name, 1, name.length(), 10));
    }

    /** Whether what the client sends is a message of the broker whose handler has failed. */
    static boolean isDeadLetter(Message message) {
        return name(message).charAt(0) == 'i'; // the topic may be an alias
    }

    static boolean isPoison(Message message) {
        return message.text().endsWith(POISON);
    }

    static String text(char direction, int number) {
        return direction + Integer.toString(number) + ";";
    }

    /** The message without what only makes it long, such as {@code o12}. */
    static String name(Message message) {
        String text = message.text();
        int end = text.indexOf(';');
        if (end < 2) {
            throw new IllegalStateException("a message that nobody sent: " + text);
        }
        return text.substring(0, end);
    }

    private static int number(Message message, char direction) {
        String name = name(message);
        if (name.charAt(0) != direction) {
            throw new IllegalStateException("a message of the other direction: " + name);
        }
        return Integer.parseInt(name, 1, name.length(), 10);
    }
}
