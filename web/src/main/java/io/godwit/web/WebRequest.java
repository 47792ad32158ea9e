package io.godwit.web;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of a browser.
 *
 * @param path without the query, decoded
 * @param body empty if there is none, or if it is in {@code file}
 */
record WebRequest(
        boolean post,
        String path,
        Map<String, List<String>> parameters,
        HttpHeaders headers,
        String remoteAddress,
        byte[] body,
        @Nullable Path file) {
    private static final byte[] EMPTY = {};

    /** @throws IllegalArgumentException if the address cannot be decoded */
    static WebRequest of(HttpRequest request, String remoteAddress) {
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        boolean post = request.method().name().equals("POST");
        return new WebRequest(post, query.path(), query.parameters(), request.headers(), remoteAddress, EMPTY, null);
    }

    WebRequest withBody(byte[] newBody) {
        return new WebRequest(post, path, parameters, headers, remoteAddress, newBody, null);
    }

    WebRequest withFile(Path newFile) {
        return new WebRequest(post, path, parameters, headers, remoteAddress, EMPTY, newFile);
    }

    /** The parameter, or null. */
    @Nullable
    String parameter(String name) {
        List<String> values = parameters.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /** The cookie's value, or null. */
    @Nullable
    String cookie(String name) {
        String header = headers.get("Cookie");
        if (header == null) {
            return null;
        }
        for (Cookie cookie : ServerCookieDecoder.LAX.decodeAll(header)) {
            if (cookie.name().equals(name)) {
                return cookie.value();
            }
        }
        return null;
    }
}
