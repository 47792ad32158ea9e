package io.godwit.cli.doctor;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;

/** Reads from CONNACK what the broker allows; older versions of MQTT do not report it. */
final class LimitsCheck {
    private LimitsCheck() {}

    static void run(ProtocolVersion version, ConnectResult connack, Report report) {
        if (version != ProtocolVersion.V5) {
            report.add(Finding.skipped(CheckStep.LIMITS, "a broker reports them in MQTT 5 only; see the checks below"));
            return;
        }
        MqttProperties said = connack.properties();
        Finding finding = Finding.good(CheckStep.LIMITS, "announced in CONNACK");
        finding = number(finding, "maximum QoS", "maximumQos", said.getOr(Property.MAXIMUM_QOS, 2));
        finding = number(finding, "receive maximum", "receiveMaximum", said.getOr(Property.RECEIVE_MAXIMUM, 65_535));
        Long size = said.get(Property.MAXIMUM_PACKET_SIZE);
        finding = size == null
                ? finding.detail("maximum packet size: no limit but the standard's")
                : number(finding, "maximum packet size", "maximumPacketSize", size);
        finding = number(
                finding, "topic alias maximum", "topicAliasMaximum", said.getOr(Property.TOPIC_ALIAS_MAXIMUM, 0));
        finding = yes(finding, "retained messages", "retain", said.getOr(Property.RETAIN_AVAILABLE, 1));
        finding = yes(
                finding,
                "wildcard subscriptions",
                "wildcards",
                said.getOr(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 1));
        finding = yes(finding, "shared subscriptions", "shared", said.getOr(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1));
        finding = yes(
                finding,
                "subscription identifiers",
                "subscriptionIdentifiers",
                said.getOr(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1));
        long seconds = connack.keepAlive().toSeconds();
        boolean imposed = said.get(Property.SERVER_KEEP_ALIVE) != null;
        finding = finding.detail("keep alive: " + seconds + " s" + (imposed ? ", the broker's" : ", as asked for"))
                .fact("keepAlive", seconds)
                .fact("keepAliveImposed", imposed);
        String information = connack.responseInformation();
        report.add(information == null ? finding : finding.detail("response information: " + information));
    }

    private static Finding number(Finding finding, String name, String key, Number value) {
        return finding.detail(name + ": " + value).fact(key, value);
    }

    private static Finding yes(Finding finding, String name, String key, int value) {
        return finding.detail(name + ": " + (value == 1 ? "yes" : "no")).fact(key, value == 1);
    }
}
