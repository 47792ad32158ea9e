package io.godwit.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of forms. */
final class WebForms {
    private WebForms() {}

    /** A field of a body in the form {@code a=b&c=d}; null if it is not there or the body is not of this form. */
    static @Nullable String field(String body, String name) {
        try {
            List<String> values =
                    new QueryStringDecoder(body, false).parameters().get(name);
            return values == null || values.isEmpty() ? null : values.get(0);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
