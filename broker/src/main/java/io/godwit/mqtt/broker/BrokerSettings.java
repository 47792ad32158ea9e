package io.godwit.mqtt.broker;

import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a broker allows and limits. Immutable: each setter returns a changed copy. */
public final class BrokerSettings {
    private static final BrokerSettings DEFAULTS = new BrokerSettings();

    private int receiveMaximum = 65_535;
    private int maximumInFlight = 1_000;
    private int maximumQueued = 1_000_000;
    private Qos maximumQos = Qos.EXACTLY_ONCE;
    private int maximumPacketSize = 268_435_460;
    private int topicAliasMaximum = 16;
    private long maximumSessionExpiry = 0xFFFF_FFFFL;
    private int serverKeepAlive = -1;
    private boolean retainAvailable = true;
    private boolean wildcardsAvailable = true;
    private boolean sharedAvailable = true;
    private boolean subscriptionIdentifiersAvailable = true;
    private @Nullable String responseInformation = null;
    private Set<ProtocolVersion> versions = EnumSet.allOf(ProtocolVersion.class);
    private BrokerPolicy policy = BrokerPolicy.OPEN;
    private BrokerLimits limits = BrokerLimits.NONE;
    private boolean rejectControlCharacters;
    private Duration connectTimeout = Duration.ofSeconds(30);

    private BrokerSettings() {}

    /** Allows everything and limits almost nothing beyond the standard: for tests. */
    public static BrokerSettings defaults() {
        return DEFAULTS;
    }

    private BrokerSettings copy() {
        BrokerSettings copy = new BrokerSettings();
        copy.receiveMaximum = receiveMaximum;
        copy.maximumInFlight = maximumInFlight;
        copy.maximumQueued = maximumQueued;
        copy.maximumQos = maximumQos;
        copy.maximumPacketSize = maximumPacketSize;
        copy.topicAliasMaximum = topicAliasMaximum;
        copy.maximumSessionExpiry = maximumSessionExpiry;
        copy.serverKeepAlive = serverKeepAlive;
        copy.retainAvailable = retainAvailable;
        copy.wildcardsAvailable = wildcardsAvailable;
        copy.sharedAvailable = sharedAvailable;
        copy.subscriptionIdentifiersAvailable = subscriptionIdentifiersAvailable;
        copy.responseInformation = responseInformation;
        copy.versions = versions;
        copy.policy = policy;
        copy.limits = limits;
        copy.rejectControlCharacters = rejectControlCharacters;
        copy.connectTimeout = connectTimeout;
        return copy;
    }

    /**
     * Settings for a broker whose clients are not trusted: limits in proportion to the heap of this process, packets of at
     * most a 64th of it (1 MiB at least), no control characters in topics and identifiers, and 10 seconds for CONNECT.
     */
    public static BrokerSettings guarded() {
        return guarded(Runtime.getRuntime().maxMemory());
    }

    static BrokerSettings guarded(long heap) {
        return DEFAULTS.limits(BrokerLimits.forHeap(heap))
                .maximumPacketSize((int) Math.max(1 << 20, Math.min(268_435_460, heap / 64)))
                .maximumQueued(10_000)
                .rejectControlCharacters(true)
                .connectTimeout(Duration.ofSeconds(10));
    }

    /** MQTT 5: publishes of QoS 1 and 2 that a client may have unacknowledged, 1 to 65,535. */
    public int receiveMaximum() {
        return receiveMaximum;
    }

    public BrokerSettings receiveMaximum(int value) {
        BrokerSettings copy = copy();
        copy.receiveMaximum = range("receive maximum", value, 1, 65_535);
        return copy;
    }

    /**
     * Publishes of QoS 1 and 2 that the broker itself leaves unacknowledged with a client, 1 to 65,535; a lower
     * receive maximum of the client wins.
     */
    public int maximumInFlight() {
        return maximumInFlight;
    }

    public BrokerSettings maximumInFlight(int value) {
        BrokerSettings copy = copy();
        copy.maximumInFlight = range("maximum in flight", value, 1, 65_535);
        return copy;
    }

    /** Messages that wait for one session; more are dropped and reported. */
    public int maximumQueued() {
        return maximumQueued;
    }

    public BrokerSettings maximumQueued(int value) {
        BrokerSettings copy = copy();
        copy.maximumQueued = range("maximum queued", value, 0, Integer.MAX_VALUE);
        return copy;
    }

    /** The highest QoS: granted at most, and taken at most from clients of MQTT 5. */
    public Qos maximumQos() {
        return maximumQos;
    }

    public BrokerSettings maximumQos(Qos value) {
        BrokerSettings copy = copy();
        copy.maximumQos = value;
        return copy;
    }

    /** The largest packet that the broker takes, in bytes with its header. */
    public int maximumPacketSize() {
        return maximumPacketSize;
    }

    public BrokerSettings maximumPacketSize(int value) {
        BrokerSettings copy = copy();
        copy.maximumPacketSize = range("maximum packet size", value, 2, 268_435_460);
        return copy;
    }

    /** MQTT 5: topic aliases that a client may use, 0 to 65,535. */
    public int topicAliasMaximum() {
        return topicAliasMaximum;
    }

    public BrokerSettings topicAliasMaximum(int value) {
        BrokerSettings copy = copy();
        copy.topicAliasMaximum = range("topic alias maximum", value, 0, 65_535);
        return copy;
    }

    /** MQTT 5: the longest session expiry interval that is granted, in seconds; 4,294,967,295 is forever. */
    public long maximumSessionExpiry() {
        return maximumSessionExpiry;
    }

    public BrokerSettings maximumSessionExpiry(long value) {
        BrokerSettings copy = copy();
        copy.maximumSessionExpiry = value;
        return copy;
    }

    /** MQTT 5: the keep-alive that the broker imposes, in seconds; -1 leaves it to the client. */
    public int serverKeepAlive() {
        return serverKeepAlive;
    }

    public BrokerSettings serverKeepAlive(int value) {
        BrokerSettings copy = copy();
        copy.serverKeepAlive = range("server keep alive", value, -1, 65_535);
        return copy;
    }

    /** MQTT 5: whether messages may be retained. */
    public boolean retainAvailable() {
        return retainAvailable;
    }

    public BrokerSettings retainAvailable(boolean value) {
        BrokerSettings copy = copy();
        copy.retainAvailable = value;
        return copy;
    }

    /** MQTT 5: whether wildcards may be subscribed to. */
    public boolean wildcardsAvailable() {
        return wildcardsAvailable;
    }

    public BrokerSettings wildcardsAvailable(boolean value) {
        BrokerSettings copy = copy();
        copy.wildcardsAvailable = value;
        return copy;
    }

    /** MQTT 5: whether there are shared subscriptions. */
    public boolean sharedAvailable() {
        return sharedAvailable;
    }

    public BrokerSettings sharedAvailable(boolean value) {
        BrokerSettings copy = copy();
        copy.sharedAvailable = value;
        return copy;
    }

    /** MQTT 5: whether there are subscription identifiers. */
    public boolean subscriptionIdentifiersAvailable() {
        return subscriptionIdentifiersAvailable;
    }

    public BrokerSettings subscriptionIdentifiersAvailable(boolean value) {
        BrokerSettings copy = copy();
        copy.subscriptionIdentifiersAvailable = value;
        return copy;
    }

    /** MQTT 5: given to clients that request response information; null for none. */
    public @Nullable String responseInformation() {
        return responseInformation;
    }

    public BrokerSettings responseInformation(@Nullable String value) {
        BrokerSettings copy = copy();
        copy.responseInformation = value;
        return copy;
    }

    /** The supported versions. */
    public Set<ProtocolVersion> versions() {
        return versions;
    }

    public BrokerSettings versions(Set<ProtocolVersion> value) {
        BrokerSettings copy = copy();
        copy.versions = EnumSet.copyOf(value);
        return copy;
    }

    /** Who may do what. */
    public BrokerPolicy policy() {
        return policy;
    }

    public BrokerSettings policy(BrokerPolicy value) {
        BrokerSettings copy = copy();
        copy.policy = value;
        return copy;
    }

    /** How much of the broker clients may occupy. */
    public BrokerLimits limits() {
        return limits;
    }

    public BrokerSettings limits(BrokerLimits value) {
        BrokerSettings copy = copy();
        copy.limits = Objects.requireNonNull(value, "value");
        return copy;
    }

    /**
     * Whether topics, client identifiers and user names with control characters (U+0001 to U+001F, U+007F to U+009F) are
     * rejected, as section 1.5.4 of the standard allows.
     */
    public boolean rejectControlCharacters() {
        return rejectControlCharacters;
    }

    public BrokerSettings rejectControlCharacters(boolean value) {
        BrokerSettings copy = copy();
        copy.rejectControlCharacters = value;
        return copy;
    }

    /** How long a new connection may take until its CONNECT is accepted; zero: without limit. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    public BrokerSettings connectTimeout(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("invalid connect timeout " + value + ": must be zero or more");
        }
        BrokerSettings copy = copy();
        copy.connectTimeout = value;
        return copy;
    }

    private static int range(String what, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(what + " " + value + " is out of range: " + from + " to " + to);
        }
        return value;
    }
}
