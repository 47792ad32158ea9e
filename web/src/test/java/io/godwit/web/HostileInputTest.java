package io.godwit.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.protocol.Message;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.page.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What brokers, foreign pages and other users of the machine may try. */
class HostileInputTest {
    private static final long NOW = 1_764_000_000_000L;

    private final Workspace workspace = TestPage.workspace(256L << 20, true);
    private final WebServer server = WebServer.start(WebSettings.local(0), workspace);

    @AfterEach
    void close() {
        server.close();
        workspace.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8088", "", "[::1"})
    void a_foreign_name_that_leads_here_is_refused(String host) throws Exception {
        assertThat(raw("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).startsWith("HTTP/1.1 421 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:1234", "127.0.0.1", "[::1]:9"})
    void a_tunnel_may_have_another_port(String host) throws Exception {
        assertThat(raw("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void two_hosts_none_and_nonsense_are_refused() throws Exception {
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"))
                .contains(" 421 ");
        assertThat(raw("GET / HTTP/1.1\r\n\r\n")).contains(" 421 ");
        assertThat(raw("\u0016\u0003\u0001 nonsense\r\n\r\n")).contains(" 400 ");
        assertThat(raw("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 400 ");
        assertThat(raw("DELETE / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n"))
                .contains(" 405 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/../../../etc/passwd", "/%2e%2e/%2e%2e/x.html", "//etc/passwd", "/..%5cx.js", "/WebServer.class"
            })
    void only_files_of_the_page_are_served(String path) throws Exception {
        try (TestPage page = new TestPage(server)) {
            assertThat(page.get(path).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void whoever_has_no_token_gets_nothing() throws Exception {
        String guessed = "GET /?token=" + "A".repeat(43) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";

        String answer = raw(guessed);

        assertThat(answer).startsWith("HTTP/1.1 401 ").doesNotContainIgnoringCase("set-cookie");
        assertThat(
                        raw(
                                "POST /upload HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 1\r\n\r\nx"))
                .startsWith("HTTP/1.1 401 ");
    }

    @RepeatedTest(20)
    void a_body_that_is_too_large_is_refused_with_an_answer() throws Exception {
        try (TestPage page = new TestPage(server)) {
            HttpResponse<String> answer = page.post("/descriptors?name=x", new byte[(16 << 20) + 1]);

            assertThat(answer.statusCode()).isEqualTo(413);
        }
    }

    @Test
    void a_server_that_is_read_only_publishes_and_clears_nothing() throws Exception {
        workspace.sources().add(TestPage.plan("mqtt://127.0.0.1:1", List.of("#")));
        try (TestPage page = new TestPage(server)) {
            for (String request : List.of("publish", "republish", "request", "retainedClear", "retainedUndo")) {
                assertThat(page.ask(request, "\"broker\":\"b1\",\"message\":{\"topic\":\"a\"}")
                                .toString())
                        .contains("code=readOnly");
            }
            assertThat(page.post("/upload", new byte[1]).statusCode()).isEqualTo(403);
            assertThat(page.ok("diagnose", "\"broker\":\"b1\"").toString())
                    .contains("text=fine")
                    .doesNotContain("published");
        }
    }

    @Test
    void whoever_asks_for_where_files_go_leaves_none() throws Exception {
        long before = uploads();

        assertThat(raw("GET /recording HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 401 ");
        try (TestPage page = new TestPage(server)) {
            assertThat(page.get("/recording").statusCode()).isEqualTo(404);
        }

        assertThat(uploads()).isEqualTo(before);
    }

    private static long uploads() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().endsWith(".upload"))
                    .count();
        }
    }

    @Test
    void hostile_topics_and_payloads_reach_the_page_as_text() throws Exception {
        String script = "<script>alert(1)</script>\u001b]0;x\u0007\u202e";
        TopicTree tree = tree();
        tree.add(Message.of(script, script), NOW);
        tree.add(Message.of("bad", new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF}), NOW);
        tree.add(Message.of("t".repeat(65_535), "x"), NOW);
        tree.add(Message.of("l/".repeat(10_000), "x"), NOW);
        tree.add(Message.of("big", new byte[20_000_000]), NOW);

        try (TestPage page = new TestPage(server)) {
            page.ask("view", "\"broker\":\"b1\",\"tree\":{\"first\":0,\"count\":500}");
            page.ask("open", "\"broker\":\"b1\",\"nodes\":[0],\"below\":true");
            Map<String, Object> update = page.await(frame -> frame.get("tree") instanceof Map<?, ?> shown
                    && ((Number) shown.get("total")).intValue() == 5 + TopicTree.MOST_LEVELS);

            assertThat(update.toString()).contains("<script>alert(1)</script>").hasSizeLessThan(200_000);
            Map<String, Object> bad = page.ok("value", "\"broker\":\"b1\",\"node\":" + node(tree, "bad"));
            assertThat(bad.toString()).contains("form=hex", "c3 28 ff");
            Map<String, Object> big = page.ok("value", "\"broker\":\"b1\",\"node\":" + node(tree, "big"));
            assertThat(big.toString()).contains("complete=false").hasSizeLessThan(400_000);
            Map<String, Object> topic =
                    page.ok("topic", "\"broker\":\"b1\",\"node\":" + node(tree, "t".repeat(65_535)));
            assertThat((String) topic.get("topic")).hasSize(65_535);
        }
    }

    @Test
    void a_payload_is_never_served_as_a_page() throws Exception {
        TopicTree tree = tree();
        tree.add(Message.of("html", "<html><script>alert(1)</script>"), NOW);
        tree.add(Message.of("svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), NOW);

        try (TestPage page = new TestPage(server)) {
            HttpResponse<byte[]> html = page.get("/payload?broker=b1&value=1");

            assertThat(html.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
            assertThat(html.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(html.headers().firstValue("Content-Disposition"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("attachment"));
            assertThat(page.get("/payload?broker=b1&value=2&as=image").statusCode())
                    .isEqualTo(415);
            assertThat(page.get("/payload?broker=b1&value=1&as=text").headers().firstValue("Content-Type"))
                    .hasValue("text/plain; charset=utf-8");
        }
    }

    @Test
    void a_frame_that_is_no_request_ends_the_socket() throws Exception {
        try (TestPage page = new TestPage(server)) {
            page.send("[".repeat(100_000));

            assertThat(page.awaitClose()).startsWith("a frame of the page is not a request");
        }
    }

    private TopicTree tree() {
        workspace.sources().add(TestPage.plan("mqtt://127.0.0.1:1", List.of("#")));
        return workspace.sources().all().get("b1").tree();
    }

    private static long node(TopicTree tree, String topic) {
        TopicNode node = tree.topic(topic);
        return node.id();
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[4_096];
            int read = in.read(answer);
            return new String(answer, 0, Math.max(0, read), StandardCharsets.UTF_8);
        }
    }
}
