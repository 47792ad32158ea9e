package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.ReasonCode;

/**
 * Where the topic name of a received PUBLISH comes from: made anew from its bytes and judged, or out of a cache of names
 * that were judged before.
 */
@FunctionalInterface
public interface TopicSource {
    /** Decodes and judges each name. */
    TopicSource VALIDATING = (in, index, length) -> {
        String topic = Strings.read(in, index, length);
        for (int i = 0; i < topic.length(); i++) {
            char c = topic.charAt(i);
            if (c == '+' || c == '#') {
                throw new ProtocolViolationException(
                        ReasonCode.MALFORMED_PACKET,
                        i,
                        "[MQTT-3.3.2-2]",
                        "the topic name '" + topic + "' has the wildcard '" + c + "'");
            }
        }
        return topic;
    };

    /**
     * The topic name whose UTF-8 stands in the array.
     *
     * @param index of the first byte
     * @param length how many bytes, 1 to 65,535
     * @throws ProtocolViolationException when it is no topic name; its offset counts from {@code index}
     */
    String topic(byte[] in, int index, int length);
}
