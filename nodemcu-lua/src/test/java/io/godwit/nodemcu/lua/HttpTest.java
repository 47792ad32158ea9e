package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.HttpStubs;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTest {

    private static final Duration SOON = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private ScriptRun run(String script, Duration time, String... scenario) throws IOException {
        Path file = Files.writeString(folder.resolve("day.scenario"), String.join("\n", scenario));
        return ScriptRun.of(folder, script, time, options -> options.scenario(file));
    }

    @Test
    @Timeout(60)
    void requests_arrive_as_the_script_wrote_them_in_every_form() throws Exception {
        Files.writeString(folder.resolve("init.lua"), "");
        ScriptRun run = new ScriptRun();
        List<String> requests;
        try (RecordingServer server = new RecordingServer()) {
            Files.writeString(folder.resolve("init.lua"), """
                    local u = "http://127.0.0.1:%d"
                    local function show(code, body, headers) print(code, body, headers["x-kind"]) end
                    http.get(u .. "/?a=1%%262&b=x%%2By", nil, show)
                    http.get(u .. "/two", show)
                    http.get(u .. "/with blank?q=a b", "X-From: string\\r\\n", show)
                    http.post(u .. "/post", { headers = { ["X-From"] = "table" } }, "body", show)
                    http.request(u .. "/any", "PATCH", "", "x", show)
                    print("sync", http.get(u .. "/sync"))
                    """.formatted(server.port()));
            try (Host host = Host.start(HostOptions.of(folder), run)) {
                requests = server.await(6);
                assertThat(host.figures().errors()).isZero();
            }
        }

        assertThat(requests)
                .containsExactlyInAnyOrder(
                        "GET /sync",
                        "GET /?a=1%262&b=x%2By",
                        "GET /two",
                        "GET /with%20blank?q=a%20b X-From: string",
                        "POST /post X-From: table",
                        "PATCH /any");
        assertThat(run.warnings).anyMatch(warning -> warning.text().contains("characters that a URL cannot contain"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
    void a_body_that_never_ends_fails_in_time(String header) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread drip = new Thread(() -> {
                try (Socket socket = server.accept();
                        OutputStream out = socket.getOutputStream()) {
                    out.write(("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    // Sends nothing more until the client has enough.
                    while (socket.getInputStream().read() >= 0) {
                        out.flush();
                    }
                } catch (IOException e) {
                    // The client has closed the connection.
                }
            });
            drip.setDaemon(true);
            drip.start();
            ScriptRun run = ScriptRun.of(
                    folder,
                    "http.get('http://127.0.0.1:%d/', { timeout = 300 }, function(code) print(code) end)"
                            .formatted(server.getLocalPort()),
                    Duration.ofSeconds(4),
                    options -> options.virtual(false));

            assertThat(run.printed).containsExactly("-1");
            assertThat(run.warnings).anyMatch(warning -> warning.text().contains("no answer in time"));
        }
    }

    @Test
    void a_stub_answers_in_virtual_time() throws Exception {
        ScriptRun run = run(
                """
                http.get("http://api.example/time?zone=1", function(code, body) print(code, body) end)
                http.post("http://api.example/log", nil, "x", function(code, body) print(code, body) end)
                """,
                SOON,
                "http GET http://api.example/time?* = 200 {\"hour\":7}",
                "http POST http://api.example/* = 201 created");

        assertThat(run.printed).containsExactly("200\t{\"hour\":7}", "201\tcreated");
    }

    @Test
    void the_blocking_form_returns_status_body_and_headers() throws Exception {
        ScriptRun run = run("""
                local code, body, headers = http.get("http://api.example/")
                print(code, body, headers["content-length"], (wifi.sta.getip()))
                """, SOON, "http http://api.example/ = 200 hello");

        assertThat(run.printed).containsExactly("200\thello\t5\t10.0.0.10");
    }

    @Test
    void without_a_stub_virtual_time_fails_with_a_warning() throws Exception {
        ScriptRun run = run("http.get('http://api.example/', function(code) print(code) end)", SOON);

        assertThat(run.printed).containsExactly("-1");
        assertThat(run.warnings)
                .anyMatch(warning -> warning.type() == WarningType.NETWORK
                        && warning.text().contains("http GET http://api.example/ = 200 BODY"));
    }

    @Test
    void a_connection_object_tells_headers_data_and_completion() throws Exception {
        ScriptRun run = run("""
                local c = http.createConnection("http://api.example/", http.POST, { async = true })
                c:setpostdata("sent")
                c:setheader("X-One", "1")
                for _, event in ipairs({ "connect", "headers", "data", "complete" }) do
                  c:on(event, function(code, data) print(event, code, type(data) == "table" and "table" or data) end)
                end
                c:request()
                """, SOON, "http POST http://api.example/ = 200 got");

        assertThat(run.printed)
                .containsExactly("connect\tnil\tnil", "headers\t200\ttable", "data\t200\tgot", "complete\t200\tfalse");
    }

    @Test
    void http_over_a_socket_is_answered_by_the_stub() throws Exception {
        ScriptRun run = run("""
                local s = net.createConnection(net.TCP, 0)
                s:on("receive", function(_, data) print(data:match("HTTP/1.1 (%d+)"), data:match("\\r\\n\\r\\n(.*)$")) end)
                s:on("disconnection", function(_, code) print("gone", code) end)
                s:on("connection", function(c) c:send("GET /t HTTP/1.1\\r\\nHost: api.example\\r\\n\\r\\n") end)
                s:connect(80, "api.example")
                """, SOON, "http http://api.example/t = 200 seven");

        assertThat(run.printed).containsExactly("200\tseven", "gone\t0");
    }

    @Test
    void a_socket_in_virtual_time_is_refused_with_a_warning() throws Exception {
        ScriptRun run = run("""
                local s = net.createConnection(net.TCP, 0)
                s:on("disconnection", function(_, code) print("gone", code) end)
                s:connect(80, "elsewhere.example")
                """, SOON);

        assertThat(run.printed).containsExactly("gone\t-11");
        assertThat(run.warnings).anyMatch(warning -> warning.text().contains("no network in virtual time"));
    }

    @Test
    void a_test_sees_the_requests() throws Exception {
        Files.writeString(folder.resolve("init.lua"), "http.post('http://h/x', 'A: b\\r\\n', 'body')");
        try (Host host = Host.start(HostOptions.of(folder).virtual(true), new ScriptRun())) {
            HttpStubs stubs = host.devices().get(0).network().http();
            stubs.answer("*", "*", 204, "");

            host.run(SOON);

            HttpStubs.Request request = stubs.requests().get(0);
            assertThat(request.method() + " " + request.url() + " " + request.text())
                    .isEqualTo("POST http://h/x body");
            assertThat(request.headers()).containsEntry("a", "b");
        }
    }
}
