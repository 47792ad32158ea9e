package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import io.godwit.nodemcu.lua.vm.LuaTable;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code http}: requests for real, answered by {@code function(code, body, headers)}; a failure has the code -1. */
final class HttpModule {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    static final LuaLibrary LIBRARY = LuaLibrary.module("http")
            .function("get", call -> request(call, "GET", 2, 0))
            .function("post", call -> request(call, "POST", 2, 3))
            .function("put", call -> request(call, "PUT", 2, 3))
            .function("delete", call -> request(call, "DELETE", 2, 3))
            .function("request", call -> request(call, call.text(2), 3, 4))
            .absent("createConnection")
            .build();

    private HttpModule() {}

    /** Made when the first device asks for a page; its threads serve all of them. */
    private static final class Shared {
        private static final HttpClient CLIENT = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    private static int request(LuaCall call, String method, int headersAt, int bodyAt) {
        Device device = Modules.device(call);
        int callbackAt = bodyAt == 0 ? headersAt + 1 : bodyAt + 1;
        LuaRef callback = call.isFunction(callbackAt) ? call.ref(callbackAt) : null;
        byte[] body = bodyAt > 0 && call.isString(bodyAt) ? call.bytes(bodyAt) : new byte[0];
        Answer answer = new Answer(device, callback);
        try {
            HttpRequest.Builder builder = HttpRequest.newBuilder(mapped(device, call.text(1)))
                    .timeout(TIMEOUT)
                    .method(
                            method.toUpperCase(Locale.ROOT),
                            body.length == 0
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(body));
            if (call.isTable(headersAt)) {
                call.entries(headersAt).forEach((name, value) -> header(builder, name, text(value)));
            } else if (call.isString(headersAt)) {
                for (String line : call.text(headersAt).split("\r?\n")) {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        header(
                                builder,
                                line.substring(0, colon).trim(),
                                line.substring(colon + 1).trim());
                    }
                }
            }
            if (!device.network().flows()) {
                device.after(TIMEOUT.toNanos(), () -> answer.give(-1, null));
                return 0;
            }
            Runnable[] inBoot = new Runnable[1];
            Object[] result = new Object[1];
            inBoot[0] = device.inThisBoot(() -> {
                if (result[0] instanceof HttpResponse<?> response) {
                    answer.give(response.statusCode(), response);
                } else {
                    device.warn(
                            WarningType.NETWORK, "http." + method.toLowerCase(Locale.ROOT) + " failed: " + result[0]);
                    answer.give(-1, null);
                }
            });
            Shared.CLIENT
                    .sendAsync(builder.build(), HttpResponse.BodyHandlers.ofByteArray())
                    .whenComplete((response, problem) -> {
                        result[0] = problem == null ? response : problem;
                        device.post(inBoot[0]);
                    });
        } catch (IllegalArgumentException | URISyntaxException e) {
            throw call.argument(1, "not a URL this can ask: " + e.getMessage());
        }
        return 0;
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : String.valueOf(value);
    }

    private static void header(HttpRequest.Builder builder, String name, String value) {
        try {
            builder.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            // Headers that the connection sets itself, such as Host and Content-Length, are left to it.
        }
    }

    private static URI mapped(Device device, String url) throws URISyntaxException {
        URI uri = new URI(url);
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("'" + url + "' names no host");
        }
        int port = uri.getPort() < 0 ? ("https".equals(uri.getScheme()) ? 443 : 80) : uri.getPort();
        HostMap.Target target = device.network().target(uri.getHost(), port);
        return new URI(
                uri.getScheme(), uri.getUserInfo(), target.host(), target.port(), uri.getPath(), uri.getQuery(), null);
    }

    /** The callback of one request. */
    private record Answer(Device device, @Nullable LuaRef callback) {

        void give(int code, @Nullable HttpResponse<?> response) {
            if (callback == null) {
                return;
            }
            LuaTable headers = new LuaTable();
            Object body = null;
            if (response != null) {
                response.headers().map().forEach((name, values) -> headers.with(name, String.join(",", values)));
                body = response.body();
            }
            device.call(callback, code, body, headers);
            callback.release();
        }
    }
}
