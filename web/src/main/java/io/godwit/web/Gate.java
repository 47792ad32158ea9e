package io.godwit.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The entrance: token or password in, cookie out. Everything else needs the cookie. */
final class Gate {
    private static final String ENTER =
            "<p>Open the address that <code>godwit web</code> has printed: it works once, for ten minutes."
                    + " Press Enter in its terminal for another one.</p>";

    // Set once.
    private final Access access;
    private final String cookie;
    private final boolean tls;

    /** @param port names the cookie, since browsers do not keep the cookies of ports apart */
    Gate(Access access, boolean tls, int port) {
        this.access = access;
        this.tls = tls;
        this.cookie = (tls ? "__Host-godwit-" : "godwit-") + port;
    }

    boolean isOpenTo(WebRequest request) {
        String session = request.cookie(cookie);
        return session != null && access.isSession(session);
    }

    /** The answer to a request about entering; null if it is about something else. */
    @Nullable
    Reply answer(WebRequest request) {
        String token = request.parameter("token");
        if (request.path().equals("/") && token != null && !request.post()) {
            String session = access.exchange(token);
            if (session != null) {
                return entered(session);
            }
            return isOpenTo(request)
                    ? leadingTo("/", Map.of())
                    : page(HttpResponseStatus.UNAUTHORIZED, "<h1>This address was used</h1>" + ENTER);
        }
        if (request.path().equals("/favicon.ico")) {
            return new Reply.Whole(HttpResponseStatus.NO_CONTENT, Responses.TEXT, new byte[0], Map.of());
        }
        if (request.path().equals("/login") && access.hasPassword()) {
            return request.post() ? login(request) : form(HttpResponseStatus.OK, "");
        }
        return null;
    }

    /** The answer to whoever has no session. */
    Reply closed(WebRequest request) {
        return access.hasPassword() && request.path().equals("/")
                ? form(HttpResponseStatus.UNAUTHORIZED, "")
                : page(HttpResponseStatus.UNAUTHORIZED, "<h1>Not open to this browser</h1>" + ENTER);
    }

    private Reply login(WebRequest request) {
        String body = new String(request.body(), StandardCharsets.UTF_8);
        String typed = WebForms.field(body, "password");
        Access.Login login = access.login(typed == null ? "" : typed, request.remoteAddress());
        if (login instanceof Access.Login.Accepted accepted) {
            return entered(accepted.session());
        }
        return login instanceof Access.Login.Later later
                ? form(
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        "Too many wrong passwords: try again in " + (later.millis() / 1_000 + 1) + " s.")
                : form(HttpResponseStatus.UNAUTHORIZED, "Wrong password.");
    }

    /** A page that leads on, not a redirect: a strict cookie does not travel with a redirect that another site began. */
    private Reply entered(String session) {
        String attributes = "; Path=/; HttpOnly; SameSite=Strict" + (tls ? "; Secure" : "");
        return leadingTo("/", Map.of("Set-Cookie", cookie + "=" + session + attributes));
    }

    private static Reply leadingTo(String address, Map<String, String> headers) {
        String html =
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url="
                        + address + "\"><title>Godwit</title><body><p><a href=\"" + address
                        + "\">Go on</a></p></body></html>";
        return new Reply.Whole(HttpResponseStatus.OK, Responses.HTML, html.getBytes(StandardCharsets.UTF_8), headers);
    }

    private static Reply form(HttpResponseStatus status, String problem) {
        return page(
                status,
                "<h1>Godwit</h1><form method=\"post\" action=\"/login\"><p><label>Password "
                        + "<input type=\"password\" name=\"password\" autocomplete=\"current-password\" autofocus required></label> "
                        + "<button>Open</button></p><p role=\"alert\">" + problem + "</p></form>");
    }

    private static Reply page(HttpResponseStatus status, String body) {
        String html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>Godwit</title><body>" + body
                + "</body></html>";
        return new Reply.Whole(status, Responses.HTML, html.getBytes(StandardCharsets.UTF_8), Map.of());
    }
}
