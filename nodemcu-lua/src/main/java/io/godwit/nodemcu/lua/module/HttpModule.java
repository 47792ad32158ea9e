package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import io.godwit.nodemcu.lua.vm.LuaTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code http}: {@code get(url[, headers][, callback])} and so on in the forms of both chips. Without a callback the
 * ESP32 blocks and returns status, body and headers. A failure has the status -1.
 */
final class HttpModule {

    static final LuaLibrary LIBRARY = LuaLibrary.module("http")
            .function("get", call -> request(call, "GET", 2, 0))
            .function("post", call -> request(call, "POST", 2, 3))
            .function("put", call -> request(call, "PUT", 2, 3))
            .function("delete", call -> request(call, "DELETE", 2, 3))
            .function("request", call -> request(call, call.text(2).toUpperCase(Locale.ROOT), 3, 4))
            .function("createConnection", HttpConnection::create)
            .constants(0, "GET", "POST", "DELETE", "HEAD")
            .constant("DELAYACK", "delayack")
            .constant("ACKNOW", "acknow")
            .build();

    private HttpModule() {}

    private static int request(LuaCall call, String method, int headersAt, int bodyAt) {
        Device device = Caller.device(call);
        String url = url(call, 1);
        int callbackAt = 0;
        for (int i = call.count(); i >= headersAt && callbackAt == 0; i--) {
            callbackAt = call.isFunction(i) ? i : 0;
        }
        Options options = Options.read(call, headersAt);
        byte[] body = bodyAt > 0 && call.isString(bodyAt) ? call.bytes(bodyAt) : new byte[0];
        HttpExchange exchange = new HttpExchange(device, method, url, options.headers(), body, options.timeout());
        if (callbackAt == 0 && Caller.profile(call).isEsp32()) {
            HttpExchange.Result result = exchange.await();
            call.push(result.status());
            call.pushAny(result.body());
            int table = call.newTable();
            result.headers().forEach((name, value) -> call.set(table, name, value));
            return 3;
        }
        LuaRef callback = callbackAt == 0 ? null : call.ref(callbackAt);
        exchange.start(call.where(), result -> {
            if (callback != null) {
                device.call(callback, result.status(), result.body(), table(result.headers()));
                callback.release();
            }
        });
        return 0;
    }

    static LuaTable table(Map<String, String> headers) {
        LuaTable table = new LuaTable();
        headers.forEach(table::with);
        return table;
    }

    static String url(LuaCall call, int index) {
        String url = call.text(index);
        String lower = url.toLowerCase(Locale.ROOT);
        if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
            throw call.argument(index, "URL must begin with http:// or https://");
        }
        return url;
    }

    /** What a script says about a request besides its URL and body. */
    record Options(Map<String, String> headers, Duration timeout) {

        /** The ESP8266's header lines, a table of headers, or the ESP32's table with {@code headers} and {@code timeout}. */
        static Options read(LuaCall call, int index) {
            Map<String, String> headers = new LinkedHashMap<>();
            Duration timeout = HttpExchange.DEFAULT_TIMEOUT;
            if (call.isTable(index)) {
                int nested = call.pushField(index, "headers");
                boolean hasHeaders = call.isTable(nested);
                if (hasHeaders) {
                    take(call.entries(nested), headers);
                }
                call.pop(1);
                double millis = call.numberField(index, "timeout", 0);
                if (millis > 0) {
                    timeout = Duration.ofMillis((long) Math.min(millis, 600_000));
                }
                if (!hasHeaders) {
                    take(call.entries(index), headers);
                }
            } else if (call.isString(index)) {
                for (String line : call.text(index).split("\r?\n")) {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        headers.put(
                                line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                                line.substring(colon + 1).trim());
                    }
                }
            }
            return new Options(headers, timeout);
        }

        private static void take(Map<String, @Nullable Object> entries, Map<String, String> headers) {
            entries.forEach((name, value) -> {
                if (value instanceof byte[] bytes) {
                    headers.put(name.toLowerCase(Locale.ROOT), new String(bytes, StandardCharsets.ISO_8859_1));
                }
            });
        }
    }
}
