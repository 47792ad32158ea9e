package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.Secure;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Flash;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code client:connect(host[, port[, secure[, autoreconnect]]][, connected[, failed]])} in all the forms
 * that scripts use.
 *
 * @param connected the stack index of the first function, 0 if there is none
 * @param failed the stack index of the second function, 0 if there is none
 */
record MqttConnectArguments(String host, int port, Secure secure, boolean autoreconnect, int connected, int failed) {

    private static final int DEFAULT_PORT = 1883;
    private static final int DEFAULT_TLS_PORT = 8883;
    private static final String SECURE_BY_URI = "secure on/off determined by uri";

    /** The stack indexes of the two functions, and of the last argument before them. */
    private record Functions(int connected, int failed, int end) {}

    static MqttConnectArguments of(LuaCall call, MqttClientObject client) {
        if (!call.isString(2)) {
            throw call.expected(2, "string");
        }
        String host = call.text(2);
        boolean isUri = host.indexOf("://") > 0;
        Functions functions = functions(call, client);
        int end = functions.end();
        int at = 3;
        int port = DEFAULT_PORT;
        if (at <= end && (call.isNumber(at) || call.isNoneOrNil(at))) {
            if (isUri && call.isNumber(at)) {
                throw new LuaError("port arg must be nil if giving full uri");
            }
            port = call.isNumber(at) ? call.between(at, 1, 65_535) : port;
            at++;
        }
        Secure secure = Secure.off();
        if (at <= end) {
            secure = secure(call, at, isUri);
            at++;
        }
        boolean autoreconnect = at <= end && (call.isNumber(at) ? call.integer(at) != 0 : call.truth(at));
        if (isUri) {
            URI uri = uri(call, host);
            boolean tls = "mqtts".equals(uri.getScheme());
            host = uri.getHost();
            port = uri.getPort() > 0 ? uri.getPort() : tls ? DEFAULT_TLS_PORT : DEFAULT_PORT;
            if (tls && secure instanceof Secure.Off) {
                secure = Secure.unverified();
            } else if (!tls && !(secure instanceof Secure.Off)) {
                // What the script wants to be encrypted must not be sent as plain text.
                throw new LuaError(SECURE_BY_URI);
            }
        }
        return new MqttConnectArguments(host, port, secure, autoreconnect, functions.connected(), functions.failed());
    }

    private static Functions functions(LuaCall call, MqttClientObject client) {
        int last = call.count();
        if (last >= 4 && call.isFunction(last) && call.isFunction(last - 1)) {
            return new Functions(last - 1, last, last - 2);
        }
        if (last >= 4 && call.isFunction(last) && call.isNoneOrNil(last - 1)) {
            // A nil right before the last function stands for the first function: so all real scripts mean it.
            if (last == 5) {
                client.warn(
                        WarningType.DEVICE_DIFFERENCE,
                        "connect(): nil before the only function stands for the success function; "
                                + "the function is called on failure");
            }
            return new Functions(0, last, last - 2);
        }
        int first = 3;
        while (first <= last && !call.isFunction(first)) {
            first++;
        }
        return new Functions(
                first <= last ? first : 0, first + 1 <= last && call.isFunction(first + 1) ? first + 1 : 0, first - 1);
    }

    private static URI uri(LuaCall call, String text) {
        try {
            URI uri = new URI(text);
            if ("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme())) {
                throw call.argument(2, "the module has no WebSocket; use mqtt:// or mqtts://");
            }
            if (uri.getHost() == null || !"mqtt".equals(uri.getScheme()) && !"mqtts".equals(uri.getScheme())) {
                throw call.argument(2, "not a host name or mqtt:// address");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw call.argument(2, "not a host name or mqtt:// address");
        }
    }

    private static Secure secure(LuaCall call, int at, boolean isUri) {
        if (call.isNoneOrNil(at)) {
            return Secure.off();
        }
        if (call.isTable(at)) {
            try {
                return Secure.pem(pem(call, at, "ca_cert"), pem(call, at, "client_cert"), pem(call, at, "client_key"));
            } catch (IllegalArgumentException e) {
                throw call.argument(at, String.valueOf(e.getMessage()));
            }
        }
        if (call.isNumber(at)) {
            if (isUri) {
                throw new LuaError(SECURE_BY_URI);
            }
            return call.integer(at) == 0 ? Secure.off() : Secure.unverified();
        }
        if (call.isBoolean(at)) {
            return call.truth(at) ? Secure.unverified() : Secure.off();
        }
        throw call.argument(at, "secure must be 0, 1, a boolean or a table");
    }

    /** PEM text, or the content of a file in the flash; never a file of the host. */
    private static @Nullable String pem(LuaCall call, int table, String key) {
        int field = call.pushField(table, key);
        try {
            if (call.isNoneOrNil(field)) {
                return null;
            }
            if (!call.isString(field)) {
                throw call.argument(table, key + " must be PEM text or the name of a file in the flash");
            }
            String text = call.text(field);
            if (text.contains("-----BEGIN ")) {
                return text;
            }
            Flash flash = Caller.device(call).flash();
            byte[] file = flash.read(text);
            if (file == null) {
                throw call.argument(table, key + " is neither PEM text nor the name of a file in the flash");
            }
            return new String(file, StandardCharsets.ISO_8859_1);
        } finally {
            call.pop(1);
        }
    }

    /** Warns if the code of the ESP32, which stops at the first argument of an unexpected type, would lose a function. */
    void compareWithDevice(LuaCall call, MqttClientObject client) {
        int i = 3;
        if (call.isNumber(i)) {
            i++;
        }
        if (call.isNumber(i) || call.isTable(i)) {
            i++;
        }
        if (call.isNumber(i)) {
            i++;
        }
        int ok = call.isFunction(i) ? i : 0;
        int bad = call.isFunction(i + 1) ? i + 1 : 0;
        if (connected != ok || failed != bad) {
            String why = call.isBoolean(i) ? "a boolean where a number is expected" : "an argument left out or nil";
            client.warn(
                    WarningType.LOST_CALLBACK,
                    "on an ESP32 this connect() would lose its callbacks: " + why + " (argument " + (i - 1) + ")");
        }
    }
}
