package io.godwit.mqtt.client.store;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;

/**
 * The log of one session: each method but the last four notes a change of state. Notes are made under the session's lock,
 * in the order in which things happen; they must neither block on a disk nor call back. What is noted need not be safe
 * yet: before any byte that depends on it goes to the network, the client asks {@link #force} for the position reached,
 * and waits. So a packet identifier that the broker has seen is always one that the log knows
 * (needed for exactly-once: section 4.3.3), and a message is acknowledged only when it will not come again.
 */
public interface SessionLog {
    /** Does nothing, keeps nothing. */
    SessionLog NONE = new NoLog();

    /** What survived from before, as of the moment the log was opened; to be asked for before the first note. */
    StoredSession recovered();

    /**
     * A publish of QoS 1 or 2 was accepted.
     *
     * @param sequence names it in later notes; rises with each publish
     * @param expiresAt milliseconds since 1970, or {@link Long#MAX_VALUE}
     */
    void accepted(long sequence, Message message, long expiresAt);

    /** It got this packet identifier and is about to be sent. */
    void sent(long sequence, int packetId);

    /** PUBREC has come: from now on PUBREL is what would be repeated [MQTT-4.3.3-6]. */
    void released(long sequence);

    /**
     * A publish of QoS 2 was given up after it had been sent: it has failed. Until it has {@linkplain #ended ended}, its packet
     * identifier stays in use, and PUBREL is what would be repeated [MQTT-2.2.1-3].
     */
    void abandoned(long sequence);

    /** It has ended: acknowledged, failed or expired. */
    void ended(long sequence);

    /** A message of QoS 2 was handled; its identifier marks repetitions until PUBREL comes [MQTT-4.3.3-10]. */
    void received(int packetId);

    /** PUBREL has come: the identifier may be used for another message. */
    void completed(int packetId);

    /**
     * The broker has granted a subscription.
     *
     * @param properties of its SUBSCRIBE on MQTT 5, to be sent again when the broker loses the subscription
     */
    void subscribed(TopicSubscription subscription, MqttProperties properties);

    void unsubscribed(TopicFilter filter);

    /** The session is over: forget everything but publishes that were accepted and not yet sent. */
    void cleared();

    /** Rises with each note. */
    long position();

    /** The position up to which all notes are safe. */
    long forced();

    /**
     * Makes all notes up to {@code position} safe and calls {@code done} once, from any thread, soon if they are already.
     * When that is impossible, {@code failed} is called in its place.
     */
    void force(long position, Runnable done, java.util.function.Consumer<IOException> failed);

    /** Makes everything safe and gives the log back. */
    void close() throws IOException;
}
