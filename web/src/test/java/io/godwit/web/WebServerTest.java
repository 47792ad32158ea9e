package io.godwit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebServerTest {
    private final WebServer server = WebServer.start(WebSettings.local(0), TestPage.workspace(16 << 20, false));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void a_token_opens_the_page_once() throws Exception {
        String link = server.link();

        HttpResponse<String> first = get(link, "");
        HttpResponse<String> second = get(link, "");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(cookie -> assertThat(cookie)
                        .startsWith("godwit-" + server.port() + "=")
                        .contains("HttpOnly", "SameSite=Strict"));
        assertThat(second.statusCode()).isEqualTo(401);
        assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void without_the_cookie_there_is_neither_a_file_nor_a_socket() throws Exception {
        assertThat(get(server.address(), "").statusCode()).isEqualTo(401);
        assertThat(get(server.address() + "payload?broker=b1&value=1", "").statusCode())
                .isEqualTo(401);
        assertThatThrownBy(() -> socket("", server.address().replaceFirst("/$", "")))
                .isInstanceOf(CompletionException.class);
    }

    @Test
    void the_socket_says_hello_to_whoever_has_the_cookie() throws Exception {
        String cookie = cookie();

        String hello = socket(cookie, server.address().replaceFirst("/$", ""));

        assertThat(hello).startsWith("{\"type\":\"hello\",\"protocol\":1,");
    }

    @Test
    void a_page_of_another_site_is_refused() throws Exception {
        String cookie = cookie();

        assertThatThrownBy(() -> socket(cookie, "http://evil.example")).isInstanceOf(CompletionException.class);
        assertThat(get(server.address(), cookie, "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(server.address() + "x.js", cookie, "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void another_address_needs_TLS_and_a_password() {
        WebSettings open = new WebSettings("0.0.0.0", 0, null, null, null);

        assertThatThrownBy(() -> WebServer.start(open, TestPage.workspace(16 << 20, false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs TLS and a password");
    }

    private String cookie() throws Exception {
        String cookie =
                get(server.link(), "").headers().firstValue("Set-Cookie").orElseThrow();
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private HttpResponse<String> get(String address, String cookie, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address)).header("Cookie", cookie);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The first frame. */
    private String socket(String cookie, String origin) throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        WebSocket socket = client.newWebSocketBuilder()
                .header("Cookie", cookie)
                .header("Origin", origin)
                .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        first.complete(data.toString());
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .join();
        try {
            return first.get(10, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }
}
