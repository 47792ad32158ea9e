package io.godwit.interop;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.util.List;

/** What the suite tries with each broker: one row of the table of results. */
enum Feature {
    CONNECT("connect, ping, disconnect"),
    QOS_0("QoS 0 both ways"),
    QOS_1("QoS 1 both ways"),
    QOS_2("QoS 2 both ways"),
    RETAINED("retained, cleared"),
    RETAINED_QOS_1("retained at QoS 1"),
    WILL("will after a reset"),
    SESSION("session resumed, message kept"),
    SESSION_OVER_RESTART("session over a broker restart"),
    RECONNECT("reconnect by itself, QoS 1 in flight"),
    MEGABYTE("1 MB payload"),
    ECHO("1 MB payload to oneself"),
    UNSUBSCRIBE("unsubscribe"),
    WILDCARDS("wildcards"),
    DOLLAR_TOPICS("`$` topics and `#`"),
    MANY("500 publishes at once"),
    ORDER("500 publishes in their order"),
    TLS("TLS"),
    WEB_SOCKET("WebSocket"),
    SHARED_SUBSCRIPTIONS("shared subscription"),
    PROPERTIES("user and other properties"),
    REQUEST_RESPONSE("request and response"),
    SUBSCRIPTION_IDENTIFIERS("subscription identifier"),
    SUBSCRIPTION_OPTIONS("no local, retain as published"),
    MESSAGE_EXPIRY("message expiry"),
    TOPIC_ALIAS("topic aliases both ways"),
    FLOW_CONTROL("receive maximum of the client"),
    REASON_CODES("reason codes"),
    SERVER_LIMITS("limits of the server"),
    AUTHENTICATION("extended authentication");

    private final String title;

    Feature(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** The versions in which the feature exists. */
    List<ProtocolVersion> versions() {
        return compareTo(SHARED_SUBSCRIPTIONS) < 0 ? List.of(ProtocolVersion.values()) : List.of(ProtocolVersion.V5);
    }
}
