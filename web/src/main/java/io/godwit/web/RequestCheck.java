package io.godwit.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that a page of another site makes a browser send. A name in {@code Host} that is not this server's means
 * that a foreign name leads here (DNS rebinding); an {@code Origin} that is not this server's means that a foreign page asks.
 */
final class RequestCheck {
    /** A refusal. */
    record Refusal(HttpResponseStatus status, String text) {}

    private final boolean loopback;
    private final String scheme;
    private final Set<String> names;

    /**
     * @param loopback whether the server listens on this machine only
     * @param names further names of this server, such as its certificate's; {@code *.example.com} is possible
     */
    RequestCheck(boolean loopback, boolean tls, Set<String> names) {
        this.loopback = loopback;
        this.scheme = tls ? "https://" : "http://";
        this.names = Set.copyOf(names);
    }

    /** Why the request is refused; null if it is not. */
    @Nullable
    Refusal refusal(HttpRequest request) {
        HttpHeaders headers = request.headers();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !isOurs(nameOf(hosts.get(0)))) {
            return new Refusal(
                    HttpResponseStatus.MISDIRECTED_REQUEST,
                    "this server does not answer for the host '" + (hosts.isEmpty() ? "" : hosts.get(0)) + "'");
        }
        List<String> origins = headers.getAll(HttpHeaderNames.ORIGIN);
        boolean own = origins.size() == 1 && origins.get(0).equalsIgnoreCase(scheme + hosts.get(0));
        boolean needed = !request.method().equals(HttpMethod.GET) || isUpgrade(headers);
        if (origins.isEmpty() ? needed : !own) {
            return new Refusal(HttpResponseStatus.FORBIDDEN, "this server takes requests from its own page only");
        }
        String site = headers.get("Sec-Fetch-Site");
        boolean navigation = "navigate".equals(headers.get("Sec-Fetch-Mode"));
        if (site != null && !site.equals("same-origin") && !site.equals("none") && !navigation) {
            return new Refusal(HttpResponseStatus.FORBIDDEN, "this server takes requests from its own page only");
        }
        return null;
    }

    static boolean isUpgrade(HttpHeaders headers) {
        return headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /** Without the port: a tunnel may have another one. */
    private static String nameOf(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[")) {
            int end = lower.indexOf(']');
            return end < 0 ? "" : lower.substring(1, end);
        }
        int colon = lower.indexOf(':');
        return colon < 0 ? lower : lower.substring(0, colon);
    }

    private boolean isOurs(String name) {
        if (name.equals("localhost") || name.equals("127.0.0.1") || name.equals("::1")) {
            return true;
        }
        if (loopback) {
            return false;
        }
        // No foreign name resolves to an address that is written as one.
        if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
            return true;
        }
        int dot = name.indexOf('.');
        return names.contains(name) || dot > 0 && names.contains("*" + name.substring(dot));
    }
}
