package io.godwit.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** What a request is answered with. */
sealed interface Reply {
    /** A whole answer. */
    record Whole(HttpResponseStatus status, String type, byte[] body, Map<String, String> headers) implements Reply {}

    /** A download from a file. */
    record Download(Path file, String type, String name, boolean temporary) implements Reply {}

    static Reply text(HttpResponseStatus status, String text) {
        return new Whole(status, Responses.TEXT, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Reply json(HttpResponseStatus status, String json) {
        return new Whole(status, Responses.JSON, json.getBytes(StandardCharsets.UTF_8), Map.of());
    }
}
