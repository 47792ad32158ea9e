package io.godwit.simulation;

import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions that come and go, one for each topic {@code churn/N}: what the client knows about them must be true
 * at the broker. While a request is under way, or after one has failed, nothing is known.
 */
final class Churn {
    static final int TOPICS = 3;

    private final Ledger ledger;
    private final boolean brokerForgets;
    private final Topic[] topics = new Topic[TOPICS];

    private enum Known {
        NOTHING,
        SUBSCRIBED,
        NOT_SUBSCRIBED
    }

    private static final class Topic {
        Known known = Known.NOT_SUBSCRIBED;
        int process;
        int open;
        boolean anyFailed;
        boolean lastSubscribes;
        /** The number of the publish that came next after this was known; if that one is safe, so is this. */
        int safeWith;
        /** Whether the disk has what is known; not after a crash that came before it was safe. */
        boolean stored = true;
    }

    Churn(Ledger ledger, boolean brokerForgets) {
        this.ledger = ledger;
        this.brokerForgets = brokerForgets;
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = new Topic();
        }
    }

    static String topic(int number) {
        return "churn/" + number;
    }

    /** Whether the client was last asked to subscribe, and has done so. */
    boolean isSubscribed(int number) {
        return topics[number].known == Known.SUBSCRIBED;
    }

    /** A subscribe or unsubscribe is under way. */
    void asked(int number, boolean subscribe, CompletableFuture<?> answer) {
        Topic topic = topics[number];
        int process = topic.process;
        topic.known = Known.NOTHING;
        topic.open++;
        topic.lastSubscribes = subscribe; // the broker takes them in their order, whichever future ends first
        answer.whenComplete((done, failure) -> {
            if (topic.process == process) {
                topic.anyFailed |= failure != null;
                if (--topic.open == 0) {
                    settled(topic);
                }
            }
        });
    }

    private void settled(Topic topic) {
        if (!topic.anyFailed) {
            topic.known = topic.lastSubscribes ? Known.SUBSCRIBED : Known.NOT_SUBSCRIBED;
            topic.safeWith = ledger.sentCount();
            topic.stored = true;
        }
        topic.anyFailed = false;
    }

    /** The process is gone: what was not on the disk may be forgotten, and then not be brought back. */
    void crashed() {
        for (int number = 0; number < TOPICS; number++) {
            Topic topic = topics[number];
            topic.process++;
            boolean safe = ledger.isAnySafeFrom(topic.safeWith);
            topic.stored &= safe;
            boolean lost = brokerForgets && (!ledger.isGranted(topic(number)) || !safe);
            if (topic.open > 0 || lost) {
                topic.known = Known.NOTHING;
            }
            topic.open = 0;
            topic.anyFailed = false;
        }
    }

    /** A message was published for the topic, while everything was as the client believes. */
    void published(int number, boolean taken) {
        Topic topic = topics[number];
        if (topic.known == Known.SUBSCRIBED && !taken) {
            ledger.broken("the subscription to " + topic(number) + " was granted, and the broker has none");
        } else if (topic.known == Known.NOT_SUBSCRIBED && taken) {
            ledger.broken("there is no subscription to " + topic(number) + ", and the broker has one");
        }
    }

    /** What the client keeps for its next process must agree with what it has been granted. */
    void checkStored(List<StoredSubscription> stored) {
        Set<String> filters = new HashSet<>();
        stored.forEach(one -> filters.add(one.subscription().filter().text()));
        for (int number = 0; number < TOPICS; number++) {
            boolean kept = filters.contains(topic(number));
            if (!topics[number].stored) {
                continue;
            }
            if (topics[number].known == Known.SUBSCRIBED && !kept) {
                ledger.broken("the store has lost the subscription to " + topic(number));
            } else if (topics[number].known == Known.NOT_SUBSCRIBED && kept) {
                ledger.broken("the store still has a subscription to " + topic(number));
            }
        }
    }

    /** What is still open; null if it is valid. */
    @Nullable
    String whyUnsettled() {
        for (int i = 0; i < TOPICS; i++) {
            if (topics[i].open > 0) {
                return "a subscribe or unsubscribe of " + topic(i) + " has not ended";
            }
        }
        return null;
    }
}
