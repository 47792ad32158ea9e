package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ESP32's {@code http.createConnection(url[, method][, options])}. Thread of the device only. */
final class HttpConnection {

    private static final Set<String> EVENTS = Set.of("connect", "headers", "data", "complete");

    private static final LuaLibrary LIBRARY = LuaLibrary.object("http.connection")
            .function("on", call -> connection(call).on(call))
            .function("request", call -> connection(call).request(call))
            .function("setmethod", call -> {
                connection(call).method = method(call, 2);
                return 0;
            })
            .function("seturl", call -> {
                connection(call).url = HttpModule.url(call, 2);
                return 0;
            })
            .function("setheader", call -> {
                Map<String, String> headers = connection(call).headers;
                String name = call.text(2).toLowerCase(Locale.ROOT);
                if (call.isNoneOrNil(3)) {
                    headers.remove(name);
                } else {
                    headers.put(name, call.text(3));
                }
                return 0;
            })
            .function("setpostdata", call -> {
                HttpConnection connection = connection(call);
                connection.method = call.isNoneOrNil(2) ? connection.method : "POST";
                connection.body = call.bytes(2, new byte[0]);
                return 0;
            })
            .fixed("ack", call -> 0)
            .function("close", call -> {
                connection(call).generation++;
                return 0;
            })
            .collected(call -> {
                connection(call).callbacks.values().forEach(LuaRef::release);
                return 0;
            })
            .build();

    private final Device device;
    private final Map<String, LuaRef> callbacks = new HashMap<>(4);
    private final Map<String, String> headers;
    private final HttpModule.Options options;
    private final boolean async;
    private String url;
    private String method;
    private byte[] body = new byte[0];
    private int generation;

    private HttpConnection(Device device, String url, String method, HttpModule.Options options, boolean async) {
        this.device = device;
        this.url = url;
        this.method = method;
        this.options = options;
        this.headers = new LinkedHashMap<>(options.headers());
        this.async = async;
    }

    static int create(LuaCall call) {
        String url = HttpModule.url(call, 1);
        int at = call.isTable(2) ? 2 : 3;
        String method = call.isNoneOrNil(2) || call.isTable(2) ? "GET" : method(call, 2);
        boolean async = false;
        Map<String, String> headers = Map.of();
        HttpModule.Options options = new HttpModule.Options(headers, HttpExchange.DEFAULT_TIMEOUT);
        if (call.isTable(at)) {
            int field = call.pushField(at, "async");
            async = call.truth(field);
            int nested = call.pushField(at, "headers");
            boolean hasHeaders = call.isTable(nested);
            call.pop(2);
            HttpModule.Options read = HttpModule.Options.read(call, at);
            options = hasHeaders ? read : new HttpModule.Options(headers, read.timeout());
        }
        return call.pushObject(new HttpConnection(Caller.device(call), url, method, options, async), LIBRARY);
    }

    private static HttpConnection connection(LuaCall call) {
        return call.object(1, HttpConnection.class, "http.connection");
    }

    private static String method(LuaCall call, int index) {
        if (call.isNumber(index)) {
            return new String[] {"GET", "POST", "DELETE", "HEAD"}[call.between(index, 0, 3)];
        }
        return call.text(index).toUpperCase(Locale.ROOT);
    }

    private int on(LuaCall call) {
        String event = call.text(2);
        if (!EVENTS.contains(event)) {
            throw call.argument(2, "invalid option '" + event + "'");
        }
        LuaRef callback = call.functionOrNull(3);
        LuaRef before = callback == null ? callbacks.remove(event) : callbacks.put(event, callback);
        if (before != null) {
            before.release();
        }
        return 0;
    }

    /** Asynchronous by the option of that name; otherwise blocks and returns status and whether it is connected. */
    private int request(LuaCall call) {
        HttpExchange exchange = new HttpExchange(device, method, url, headers, body, options.timeout());
        if (!async) {
            HttpExchange.Result result = exchange.await();
            tell(result);
            return call.pushAll(result.status(), false);
        }
        int asked = generation;
        LuaRef self = call.ref(1);
        exchange.start(call.where(), result -> {
            self.release();
            if (asked == generation) {
                tell(result);
            }
        });
        return 0;
    }

    private void tell(HttpExchange.Result result) {
        boolean answered = result.status() >= 0;
        if (answered) {
            later("connect");
            later("headers", result.status(), HttpModule.table(result.headers()));
            byte[] content = result.body();
            if (content != null && content.length > 0) {
                later("data", result.status(), content);
            }
        }
        later("complete", result.status(), false);
    }

    private void later(String event, @Nullable Object... arguments) {
        LuaRef callback = callbacks.get(event);
        if (callback != null) {
            int asked = generation;
            device.later(() -> {
                if (asked == generation && callback.isHeld()) {
                    device.call(callback, arguments);
                }
            });
        }
    }
}
