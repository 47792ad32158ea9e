package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.ReasonCode;

/**
 * Where the topic name of a received PUBLISH comes from: decoded from its bytes and checked, or taken from a cache of names
 * that were checked before.
 */
@FunctionalInterface
public interface TopicSource {
    /** Decodes and checks each name. */
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
     * The topic name whose UTF-8 is in the array.
     *
     * @param index of the first byte
     * @param length how many bytes, 1 to 65,535
     * @throws ProtocolViolationException if it is not a topic name; its offset counts from {@code index}
     */
    String topic(byte[] in, int index, int length);
}
