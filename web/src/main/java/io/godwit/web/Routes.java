package io.godwit.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.Map;

/** What each address answers to a browser that may use the page. Worker threads. */
final class Routes {
    private static final int FORM = 10_000;

    /** How many bytes the body of a POST may have. */
    long bodyLimit(String path) {
        return path.equals("/login") ? FORM : 0;
    }

    /** Whether the body goes into a file. */
    boolean isFile(String path) {
        return false;
    }

    Reply answer(WebRequest request) throws IOException {
        String name = request.path().equals("/") ? "index.html" : request.path().substring(1);
        PageFiles.PageFile file = PageFiles.find(name);
        return file == null
                ? Reply.text(HttpResponseStatus.NOT_FOUND, "there is no such address")
                : new Reply.Whole(HttpResponseStatus.OK, file.type(), file.content(), Map.of());
    }
}
