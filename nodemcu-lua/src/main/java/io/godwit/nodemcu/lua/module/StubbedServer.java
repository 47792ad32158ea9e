package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.HttpStubs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The other end of a socket in virtual time, for scripts that speak HTTP over {@code net}: answers from the stubs. */
final class StubbedServer {

    private static final int LIMIT = 1 << 20;

    private final Device device;
    private final String host;
    private final int port;
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();

    StubbedServer(Device device, String host, int port) {
        this.device = device;
        this.host = host;
        this.port = port;
    }

    /** Takes bytes; once the request is complete, returns the whole answer. */
    byte @Nullable [] received(byte[] bytes) {
        request.writeBytes(bytes);
        byte[] all = request.toByteArray();
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return all.length > LIMIT ? answer(400, new byte[0]) : null;
        }
        String[] lines = text.substring(0, end).split("\r\n");
        String[] words = lines[0].split(" ");
        if (words.length < 2) {
            return answer(400, new byte[0]);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).trim().toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).trim());
            }
        }
        int length = length(headers.getOrDefault("content-length", "0"));
        byte[] body = Arrays.copyOfRange(all, end + 4, all.length);
        if (body.length < length) {
            return null;
        }
        String authority = port == 80 ? host : host + ":" + port;
        String url = words[1].contains("://") ? words[1] : "http://" + authority + words[1];
        HttpStubs.Response response = device.network()
                .http()
                .respond(new HttpStubs.Request(
                        words[0].toUpperCase(Locale.ROOT), url, headers, Arrays.copyOf(body, length)));
        if (response == null) {
            device.warn(
                    WarningType.NETWORK,
                    "net: no answer to " + words[0] + " " + url
                            + " in virtual time: add a line to the scenario, such as  http " + words[0] + " " + url
                            + " = 200 BODY");
            return answer(404, new byte[0]);
        }
        return answer(response.status(), response.body());
    }

    private static int length(String text) {
        try {
            return Math.max(0, Math.min(LIMIT, Integer.parseInt(text)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static byte[] answer(int status, byte[] body) {
        byte[] head = ("HTTP/1.1 " + status + " " + (status < 400 ? "OK" : "Error") + "\r\nContent-Length: "
                        + body.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }
}
