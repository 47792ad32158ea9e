package io.godwit.web.decode;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names and types that birth certificates give to the aliases of metrics: later messages carry the alias only.
 *
 * @param names by alias
 * @param types by alias
 */
record SparkplugNames(Map<Long, String> names, Map<Long, Integer> types) {
    static final SparkplugNames NONE = new SparkplugNames(Map.of(), Map.of());

    /**
     * The topics of the birth certificates for a topic of Sparkplug: of the edge node, and of the device. Empty if the topic needs
     * none. An alias is unique within an edge node.
     */
    static List<String> birthTopics(String topic) {
        String[] levels = topic.split("/", -1);
        if (levels.length < 4 || !levels[0].equals("spBv1.0") || levels[2].endsWith("BIRTH")) {
            return List.of();
        }
        List<String> topics = new ArrayList<>();
        topics.add(levels[0] + "/" + levels[1] + "/NBIRTH/" + levels[3]);
        if (levels.length > 4) {
            topics.add(levels[0] + "/" + levels[1] + "/DBIRTH/" + levels[3] + "/" + levels[4]);
        }
        return topics;
    }

    /** Reads birth certificates; ignores everything else. */
    static SparkplugNames of(List<byte[]> births) {
        Map<Long, String> names = new HashMap<>();
        Map<Long, Integer> types = new HashMap<>();
        for (byte[] birth : births) {
            try {
                DynamicMessage payload = Protobuf.read(SparkplugSchema.PAYLOAD, birth);
                for (Message metric : SparkplugFields.messages(payload, "metrics")) {
                    Object alias = SparkplugFields.get(metric, "alias");
                    Object name = SparkplugFields.get(metric, "name");
                    Object type = SparkplugFields.get(metric, "datatype");
                    if (alias instanceof Long number && name instanceof String text) {
                        names.put(number, text);
                        if (type instanceof Integer code) {
                            types.put(number, code);
                        }
                    }
                }
            } catch (NotDecodableException e) {
                continue; // its own view says why
            }
        }
        return new SparkplugNames(names, types);
    }
}
