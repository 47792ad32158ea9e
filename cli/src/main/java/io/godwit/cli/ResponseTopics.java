package io.godwit.cli;

import io.godwit.mqtt.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * Where the answer to a request goes. MQTT 5 says it in the request. MQTT 3 has no place for that, so there the topics say
 * it: a request for {@code T} goes to {@code T/request/ID}, its answer comes to {@code T/response/ID}, and the one who asks
 * makes ID up.
 */
final class ResponseTopics {
    private static final String REQUEST = "/request/";
    private static final String RESPONSE = "/response/";

    private ResponseTopics() {}

    static String request(String topic, String id) {
        return topic + REQUEST + id;
    }

    static String response(String topic, String id) {
        return topic + RESPONSE + id;
    }

    /** The filter of the requests that go to this topic or filter by the topics' names. */
    static String requests(String filter) {
        return filter + REQUEST + "+";
    }

    /** Where the answer to this request goes; null: it does not say. */
    static @Nullable String of(Message request) {
        String said = request.responseTopic();
        if (said != null) {
            return said;
        }
        String topic = request.topic();
        int at = topic.lastIndexOf(REQUEST);
        int id = at + REQUEST.length();
        return at < 1 || id == topic.length() || topic.indexOf('/', id) >= 0
                ? null
                : response(topic.substring(0, at), topic.substring(id));
    }
}
